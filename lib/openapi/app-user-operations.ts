import 'reflect-metadata';
import { markOperation } from './connector-operations.js';
import { describeErrorResponse, type DocumentedStatus, ERROR_SCHEMA } from './error-responses.js';

/** The metadata keys of `@ApiResponse()` and `@ApiQuery()` in @nestjs/swagger. */
const API_RESPONSE = 'swagger/apiResponse';
const API_PARAMETERS = 'swagger/apiParameters';

const STATUS_SCHEMA = {
  type: 'object',
  required: ['connector', 'connected'],
  properties: {
    connector: { type: 'string', example: '66f0c2a41d' },
    connected: {
      type: 'boolean',
      description: 'Whether the signed-in user has connected the connector.',
    },
  },
} as const;

/** The handlers of the controller of `appUserRoutes`. */
interface AppUserHandlers {
  readonly connect: object;
  readonly status: object;
  readonly disconnect: object;
}

/**
 * Documents the routes of `appUserRoutes` with the metadata that decorators of @nestjs/swagger define.
 *
 * @param pages - the allowed pages of `returnTo`
 * @internal
 */
export function documentAppUserRoutes(
  { connect, status, disconnect }: AppUserHandlers,
  pages: readonly string[],
): void {
  document(status, { 200: createStatusResponse() }, [400, 401]);
  document(disconnect, { 204: { description: 'The user has no connection.' } }, [400, 401]);
  const redirect = { description: 'The consent page, or the page of returnTo.' };
  document(connect, { 200: createStatusResponse(), 302: redirect }, [400, 401, 409]);
  // An empty enum is not valid.
  const schema = { type: 'string', ...(pages.length === 0 ? {} : { enum: [...pages] }) };
  const description = 'The page to which a user who has already approved is redirected.';
  const returnTo = { name: 'returnTo', in: 'query', required: false, description, schema };
  Reflect.defineMetadata(API_PARAMETERS, [returnTo], connect);
}

function document(method: object, responses: object, errors: readonly DocumentedStatus[]): void {
  const added = Object.fromEntries(errors.map((status) => [status, createErrorResponse(status)]));
  Reflect.defineMetadata(API_RESPONSE, { ...responses, ...added }, method);
  markOperation(method, ['appUserConnector']);
}

function createStatusResponse(): object {
  return { description: 'The state of the connection.', schema: structuredClone(STATUS_SCHEMA) };
}

function createErrorResponse(status: DocumentedStatus): object {
  return { ...describeErrorResponse(status), schema: structuredClone(ERROR_SCHEMA) };
}
