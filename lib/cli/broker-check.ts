import { Base44Api } from '../base44/base44-api.js';
import { CHECK_HINT } from '../base44/broker-error.mapper.js';
import { BrokerServiceRoleClient } from '../base44/broker-service-role.client.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { Identity } from '../interfaces/identity.interface.js';
import { RefusalCache } from '../resilience/refusal.cache.js';
import { isConnectorName, parseSharedConnector } from './allow-list.js';
import type { CheckSettings } from './check-settings.js';
import { fail } from './fail.js';
import { describeUnknownNames } from './unknown-names.js';

const DEADLINE_MS = 15_000;

/** The identity in error messages, because the command does not know the app's id. */
const IDENTITY: Identity = { serverUrl: '', appId: 'of this broker' };

/** Reports whether a deployed broker works. If it does not, the report says why. */
export async function checkBroker(settings: CheckSettings): Promise<void> {
  const { url, secret } = settings;
  console.log(`Checking ${url.value} from ${url.name} with the secret from ${secret.name}.`);
  const api = new Base44Api({ useEnvironmentProxy: false });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const broker = { url: url.value, secret: secret.value };
    const client = new BrokerServiceRoleClient(api, new RefusalCache(0), broker);
    await checkWith(client, settings, signal);
  } catch (error) {
    fail(describeError(error, settings, signal));
  } finally {
    api.close();
  }
}

async function checkWith(
  client: BrokerServiceRoleClient,
  { url, connector: name }: CheckSettings,
  signal: AbortSignal,
): Promise<void> {
  const allowed = await client.fetchAllowedNames(IDENTITY, signal);
  if (allowed === undefined) {
    const { origin } = new URL(url.value);
    fail(`The server at ${origin} responds, but it is not a broker. Correct ${url.name}.`);
    return;
  }
  console.log(`The broker works. ${describeAllowed(allowed)}`);
  if (name === undefined) return;
  const problem = allowed.includes(name) ? undefined : describeUnknownNames([name]);
  if (problem !== undefined) {
    fail(`--connector: ${problem}`);
    return;
  }
  await client.fetchConnection(parseSharedConnector(name), IDENTITY, signal);
  console.log(`It returns a token for '${name}'.`);
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

/** Names the settings as the user set them, instead of the options of the module. */
function describeError(
  error: unknown,
  { url, secret }: CheckSettings,
  signal: AbortSignal,
): string {
  if (signal.aborted) return `The broker did not respond within ${DEADLINE_MS / 1_000} s.`;
  if (!isConnectorsError(error)) return 'The broker did not respond.';
  return error.message
    .replace(CHECK_HINT, '')
    .replaceAll('broker.url', url.name)
    .replaceAll('broker.secret', secret.name)
    .trimEnd();
}
