import { Base44Api } from '../base44/base44-api.js';
import { CHECK_HINT } from '../base44/broker-error.mapper.js';
import { BrokerServiceRoleClient } from '../base44/broker-service-role.client.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { Identity } from '../interfaces/identity.interface.js';
import { RefusalCache } from '../resilience/refusal.cache.js';
import {
  describeBrokerSecretProblem,
  describeBrokerUrlProblem,
} from '../options/broker.validator.js';
import { isConnectorName, parseSharedConnector } from './allow-list.js';
import { fail } from './fail.js';

export interface CheckOptions {
  readonly url?: string;
  readonly secret?: string;
  readonly connector?: string;
}

const DEADLINE_MS = 15_000;

/** The identity in error messages, because the command does not know the app's id. */
const IDENTITY: Identity = { serverUrl: '', appId: 'of this broker' };

/** Reports whether a deployed broker works. If it does not, the report says why. */
export async function checkBroker({ url, secret, connector }: CheckOptions): Promise<void> {
  if (url === undefined || secret === undefined) {
    fail(
      'Set BASE44_BROKER_URL and BASE44_BROKER_SECRET in the environment. The command does not read .env.',
    );
    return;
  }
  const problem =
    describeProblem('BASE44_BROKER_URL', describeBrokerUrlProblem(url)) ??
    describeProblem('BASE44_BROKER_SECRET', describeBrokerSecretProblem(secret));
  if (problem !== undefined) {
    fail(problem);
    return;
  }
  const api = new Base44Api({ useEnvironmentProxy: false });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const client = new BrokerServiceRoleClient(api, new RefusalCache(0), { url, secret });
    await checkWith(client, url, connector, signal);
  } catch (error) {
    fail(describeError(error, signal));
  } finally {
    api.close();
  }
}

async function checkWith(
  client: BrokerServiceRoleClient,
  url: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const allowed = await client.fetchAllowedNames(IDENTITY, signal);
  if (allowed === undefined) {
    fail(`The server at ${new URL(url).origin} responds, but it is not a broker. Check the URL.`);
    return;
  }
  console.log(`The broker works. ${describeAllowed(allowed)}`);
  if (name === undefined) return;
  await client.fetchConnection(parseSharedConnector(name), IDENTITY, signal);
  console.log(`It returns a token for '${name}'.`);
}

function describeProblem(variable: string, problem: string | undefined): string | undefined {
  return problem && `${variable} ${problem}`;
}

/** Prints well-formed names only, because control characters of a server can change the terminal. */
function describeAllowed(allowed: readonly unknown[]): string {
  const names = allowed.filter((name) => typeof name === 'string' && isConnectorName(name));
  const malformed = allowed.length - names.length;
  const ignored =
    malformed === 0 ? '' : ` Malformed names in CONNECTORS_BROKER_ALLOW: ${malformed}.`;
  if (names.length > 0) return `It allows: ${names.join(', ')}.${ignored}`;
  return ignored === ''
    ? 'It allows no connector because CONNECTORS_BROKER_ALLOW is empty.'
    : `It allows no connector.${ignored}`;
}

function describeError(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `The broker did not respond within ${DEADLINE_MS / 1_000} s.`;
  return isConnectorsError(error)
    ? error.message.replace(CHECK_HINT, '').trimEnd()
    : 'The broker did not respond.';
}
