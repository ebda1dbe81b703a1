import type { ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import { isBearerToken } from '../common/well-formed.js';

type Siblings = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the way of acting as the service role, if anything is.
 *
 * @returns a clause that completes "serviceToken …", or `undefined`
 * @internal
 */
export function serviceTokenProblem(
  serviceToken: unknown,
  { client, broker, request }: Siblings,
): string | undefined {
  const isGiven = serviceToken !== undefined && serviceToken !== null;
  for (const [name, other] of Object.entries({ client, broker })) {
    if ((other ?? undefined) === undefined) continue;
    return isGiven ? `has no use beside ${name}: give one of the two` : undefined;
  }
  if (!isGiven) {
    const { base44Headers } = Object(request) as { base44Headers?: unknown };
    return base44Headers === true
      ? undefined
      : "is required: the app's service token, or a function that returns it";
  }
  return typeof serviceToken === 'function' || isBearerToken(serviceToken)
    ? undefined
    : "must be a non-empty string without 'Bearer', spaces and line breaks, or a function that returns one";
}

/**
 * @returns a clause that completes "client …", or `undefined`
 * @internal
 */
export function clientProblem(client: unknown): string | undefined {
  try {
    const connectors = connectorsOf(client);
    return 'getConnection' in connectors || 'getAccessToken' in connectors
      ? undefined
      : 'must be an @base44/sdk client, or have asServiceRole.connectors like one';
  } catch {
    // The SDK's getter throws when its client was made without a service token.
    return 'has no service role: make it with createClient({ appId, serviceToken })';
  }
}

/**
 * Whether the client answers for every user it is told of, not only for the one it was made for.
 *
 * @internal
 */
export function isMultiUser(client: unknown): boolean {
  return (connectorsOf(client) as ServiceRoleConnectors).isMultiUser === true;
}

function connectorsOf(client: unknown): object {
  const { asServiceRole } = Object(client) as { asServiceRole?: { connectors?: unknown } };
  return Object(asServiceRole === undefined ? client : asServiceRole.connectors) as object;
}
