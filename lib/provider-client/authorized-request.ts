import type { ConnectionResolver } from '../connections/connection.resolver.js';
import { ConnectorReauthorizationRequiredError } from '../errors/connection.errors.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { RetryBudget, RateLimit } from './throttling-retry.policy.js';
import { isIdempotent, isReplayable } from './replayable.js';

/**
 * An answer of a provider, and the request that it answers.
 *
 * @internal
 */
export interface ProviderResponse {
  readonly response: {
    readonly status: number;
    readonly headers: { get(name: string): unknown };
  };
  /** Whether that request carried the token. */
  readonly isAuthorized: boolean;
  /** Whether others were answered before it. */
  readonly isRedirected: boolean;
}

/**
 * A call to a provider, however it is sent.
 *
 * @internal
 */
export interface AuthorizedCall<Answer extends ProviderResponse> {
  readonly connector: Connector;
  readonly identity: ActingIdentity;
  readonly method: string;
  readonly body: unknown;
  /** Asked for where there is something to wait for. */
  readonly signal: () => AbortSignal | undefined;
  /** Left out: what the provider says of the rate of requests is the caller's to see. */
  readonly retryBudget: RetryBudget | undefined;
  readonly send: (connection: ConnectorConnection) => Promise<Answer>;
  /** Lets go of an answer that nobody will read. */
  readonly discard: (answer: Answer) => void;
}

/**
 * Sends a call with the token of its connection. When the provider refuses that, it is
 * forgotten, and the call is sent once more with another one, where it can be.
 *
 * @throws {@link ConnectorReauthorizationRequiredError} when the provider refuses that, too, or
 * Base44 has no other one
 * @throws the errors of `ConnectorsService.getAccessToken`
 * @internal
 */
export async function sendAuthorized<Answer extends ProviderResponse>(
  resolver: ConnectionResolver,
  call: AuthorizedCall<Answer>,
): Promise<Answer> {
  const { connector, identity, discard } = call;
  const connection = await (resolver.peekFor(connector, identity) ??
    resolver.resolve(connector, identity, { signal: call.signal() }));
  const answer = await sendPatiently(call, connection);
  if (!isRefused(answer)) return answer;
  if (!mayRepeat(call, answer)) {
    resolver.forgetRefused(connector, identity, connection);
    return answer;
  }
  discard(answer);
  const renewed = await resolver.renew(connector, identity, connection, call.signal());
  if (renewed.accessToken !== connection.accessToken) {
    call.signal()?.throwIfAborted();
    const second = await sendPatiently(call, renewed);
    if (!isRefused(second)) return second;
    discard(second);
  }
  resolver.settleRefusal(connector, identity, renewed);
  throw new ConnectorReauthorizationRequiredError({
    appId: identity.appId,
    connector: connector.id,
    isOfAppUser: connector.kind === 'appUserConnector',
  });
}

function sendPatiently<Answer extends ProviderResponse>(
  call: AuthorizedCall<Answer>,
  connection: ConnectorConnection,
): Promise<Answer> {
  const { method, body, retryBudget, discard } = call;
  const send = (): Promise<Answer> => call.send(connection);
  if (retryBudget === undefined || !isReplayable(body) || !isIdempotent(method)) return send();
  return retryBudget.send({ signal: call.signal(), send, limitOf, discard });
}

function isRefused({ response: { status }, isAuthorized }: ProviderResponse): boolean {
  return status === 401 && isAuthorized;
}

/** What has been redirected may have been executed. */
function mayRepeat(
  { method, body }: Pick<AuthorizedCall<ProviderResponse>, 'method' | 'body'>,
  { isRedirected }: ProviderResponse,
): boolean {
  return isReplayable(body) && (!isRedirected || isIdempotent(method));
}

function limitOf({ response: { status, headers } }: ProviderResponse): RateLimit {
  return { status, retryAfter: headers.get('retry-after') };
}
