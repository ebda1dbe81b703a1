import { isAppUserConnector } from '../common/connector-ref.formatter.js';
import type { ConnectorStatus } from '../interfaces/connector-status.interface.js';
import type {
  ConnectorHealth,
  ConnectorProblem,
} from '../interfaces/connectors-health.interface.js';

/** The codes of failures that pass without a person. */
const TRANSIENT_CODES: readonly unknown[] = [
  'BASE44_UNAVAILABLE',
  'RATE_LIMITED',
  'UNEXPECTED_RESPONSE',
];

/** The codes of failures that have a state of their own. */
const STATE_CODES: readonly unknown[] = [
  'CONNECTOR_NOT_CONNECTED',
  'CONNECTOR_REAUTHORIZATION_REQUIRED',
];

/**
 * Returns the health of a connector. An optional connector is never down.
 *
 * @param isSettled - whether its lookup has ended, so that a connector without a state has no problem
 * @internal
 */
export function toConnectorHealth(status: ConnectorStatus, isSettled: boolean): ConnectorHealth {
  const { connector, isOptional, state, since, isCached, lastErrorCode } = status;
  const problem = findProblem(status) ?? (isSettled ? undefined : findDelay(status));
  return {
    connector,
    status: getStatus(status, problem),
    isOptional,
    state,
    isCached,
    ...(since !== undefined && { since }),
    ...(problem !== undefined && { problem }),
    ...(lastErrorCode !== undefined && { lastErrorCode }),
  };
}

function getStatus(
  { isOptional, state, isCached }: ConnectorStatus,
  problem: ConnectorProblem | undefined,
): ConnectorHealth['status'] {
  if (problem === undefined || (isOptional && problem === 'not_connected')) return 'up';
  // The provider rejects the cached token too.
  const isServed = isCached && state !== 'reauthorization_required';
  return isOptional || isServed ? 'degraded' : 'down';
}

/** Returns a misconfiguration first, because connecting the account does not help until it is corrected. */
function findProblem({ state, lastErrorCode }: ConnectorStatus): ConnectorProblem | undefined {
  const isTransient = TRANSIENT_CODES.includes(lastErrorCode);
  if (lastErrorCode !== undefined && !isTransient && !STATE_CODES.includes(lastErrorCode)) {
    return 'misconfigured';
  }
  if (state === 'not_connected' || state === 'reauthorization_required') return state;
  return isTransient ? 'base44_unavailable' : undefined;
}

/** A connector without a state whose lookup takes too long. Connections of users are not looked up. */
function findDelay({ connector, state }: ConnectorStatus): ConnectorProblem | undefined {
  const isLate = state === 'unknown' && !isAppUserConnector(connector);
  return isLate ? 'base44_unavailable' : undefined;
}
