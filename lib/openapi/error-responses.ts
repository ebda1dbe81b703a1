import { findErrorCodes } from '../errors/error-code.js';

/**
 * The schema of `ConnectorsErrorBody`. With `hideServerErrors`, `error` and `connector` are absent.
 *
 * @internal
 */
export const ERROR_SCHEMA = {
  type: 'object',
  required: ['statusCode', 'message', 'retryable'],
  properties: {
    statusCode: { type: 'integer', example: 424 },
    error: {
      type: 'string',
      description: 'The stable code of the error.',
      example: 'CONNECTOR_NOT_CONNECTED',
    },
    message: { type: 'string' },
    retryable: {
      type: 'boolean',
      description: 'Whether the same request may succeed later.',
    },
    connector: {
      type: 'string',
      description: 'The identifier of the connector, when the error is about a connector.',
      example: 'slack',
    },
  },
} as const;

const DESCRIPTIONS = {
  400: 'The request is malformed.',
  401: 'No user is signed in.',
  409: 'The user cannot connect an account.',
  424: 'The connector is not connected, or cannot be used.',
  502: 'Base44 returned no usable response.',
  503: 'Base44 is unavailable, or limits the rate.',
} as const;

/** The headers of responses that can have them. */
const HEADERS = {
  'Retry-After': {
    description: 'The delay before the next attempt, in seconds.',
    schema: { type: 'integer' },
  },
};

/** @internal */
export type DocumentedStatus = keyof typeof DESCRIPTIONS;

/**
 * Returns what documents have in common about the response of a status.
 *
 * @internal
 */
export function describeErrorResponse(status: DocumentedStatus): {
  readonly description: string;
  readonly headers?: object;
} {
  const description = `${DESCRIPTIONS[status]} Codes: ${findErrorCodes(status).join(', ')}.`;
  return status === 503 ? { description, headers: structuredClone(HEADERS) } : { description };
}
