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
 * Reads the answer of the proxy for metered connectors.
 *
 * @throws {@link UnexpectedResponseError} when it does not say whether the call succeeded
 * @internal
 */
export function parseApiResponse(body: unknown, connector: string): ConnectorApiResponse {
  const answer = parseObject(body, connector);
  const { success, phase } = answer;
  if (typeof success !== 'boolean' || !isPhase(phase)) {
    throw new UnexpectedResponseError({ connector }, 'it does not say what became of the call');
  }
  return {
    success,
    phase,
    status: numberOr(answer.status_code, null),
    data: answer.data ?? null,
    dataBase64: stringOrNull(answer.data_base64),
    contentType: stringOrNull(answer.content_type),
    headers: stringsOf(answer.headers),
    creditsCharged: numberOr(answer.credits_charged, 0),
  };
}

function isPhase(value: unknown): value is ConnectorApiPhase {
  return PHASES.includes(value);
}

function numberOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === 'number' ? value : otherwise;
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function stringsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(Object(value) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
