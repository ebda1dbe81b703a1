import { isBearerToken } from '../common/well-formed.js';
import type { ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import { isPresent, readsBase44Headers, type SiblingOptions } from './sibling-options.js';

const SERVICE_TOKEN_REQUIRED =
  "is required: the app's service token, or a function that returns it. Configure one of these instead: " +
  'broker, if the application runs outside of Base44; request: { base44Headers: true }, if Base44 forwards ' +
  'its requests; client, if it has an @base44/sdk client with a service token';

/**
 * Returns a clause that completes "serviceToken …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeServiceTokenProblem(
  serviceToken: unknown,
  siblings: SiblingOptions,
): string | undefined {
  const alternative = ['client', 'broker'].find((name) => isPresent(siblings[name]));
  if (!isPresent(serviceToken)) {
    return alternative !== undefined || readsBase44Headers(siblings)
      ? undefined
      : SERVICE_TOKEN_REQUIRED;
  }
  if (alternative !== undefined) {
    return `cannot be combined with ${alternative}: configure one of the two`;
  }
  return typeof serviceToken === 'function' || isBearerToken(serviceToken)
    ? undefined
    : "must be a non-empty string without 'Bearer', spaces or line breaks, or a function that returns one";
}

/**
 * Returns a clause that completes "client …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeClientProblem(client: unknown): string | undefined {
  try {
    const connectors = getConnectors(client);
    return 'getConnection' in connectors || 'getAccessToken' in connectors
      ? undefined
      : 'must be an @base44/sdk client, or have asServiceRole.connectors like one';
  } catch {
    // The SDK's getter throws when its client was created without a service token.
    return 'has no service role: create it with createClient({ appId, serviceToken })';
  }
}

/**
 * Returns a clause that completes "verifyOnBootstrap …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeVerifyOnBootstrapProblem(
  mode: unknown,
  { serviceToken, client, broker }: SiblingOptions,
): string | undefined {
  return mode === 'off' || [serviceToken, client, broker].some(isPresent)
    ? undefined
    : 'needs serviceToken, broker or client, because no request carries a service token at startup';
}

/**
 * Returns whether a client acts for every user whose token it receives. A client of the SDK
 * acts only for the user that it was created for.
 *
 * @internal
 */
export function isMultiUser(client: unknown): boolean {
  return (getConnectors(client) as ServiceRoleConnectors).isMultiUser === true;
}

function getConnectors(client: unknown): object {
  const { asServiceRole } = Object(client) as { asServiceRole?: { connectors?: unknown } };
  return Object(asServiceRole === undefined ? client : asServiceRole.connectors) as object;
}
