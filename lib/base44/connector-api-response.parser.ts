import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type {
  ConnectorApiPhase,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import { parseObject } from './connection.parser.js';

const PHASES: readonly unknown[] = [
  'not_sent',
  'responded',
  'timed_out',
  'sent_unconfirmed',
] satisfies ConnectorApiPhase[];

/**
 * Parses the response body of a metered call.
 *
 * @throws {@link UnexpectedResponseError} when it does not state the outcome of the call
 * @internal
 */
export function parseApiResponse(body: unknown, connector: string): ConnectorApiResponse {
  const response = parseObject(body, connector);
  const { success, phase } = response;
  if (typeof success !== 'boolean' || !isPhase(phase)) {
    throw new UnexpectedResponseError({ connector }, 'it does not state the outcome of the call');
  }
  return {
    success,
    phase,
    status: toNumber(response.status_code, null),
    data: response.data ?? null,
    dataBase64: toStringOrNull(response.data_base64),
    contentType: toStringOrNull(response.content_type),
    headers: pickStrings(response.headers),
    creditsCharged: toNumber(response.credits_charged, 0),
  };
}

function isPhase(value: unknown): value is ConnectorApiPhase {
  return PHASES.includes(value);
}

function toNumber<T>(value: unknown, defaultValue: T): number | T {
  return typeof value === 'number' ? value : defaultValue;
}

function toStringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function pickStrings(value: unknown): Record<string, string> {
  const entries = Object.entries(Object(value) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
