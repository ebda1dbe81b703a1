import type { ConnectionResolver } from '../connections/connection.resolver.js';
import { ConnectorReauthorizationRequiredError } from '../errors/connector.errors.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';

/**
 * A call to a provider, however it is sent.
 *
 * @internal
 */
export interface AuthorizedCall<Answer> {
  readonly connector: Connector;
  readonly identity: ActingIdentity;
  /** Asked for where there is something to wait for. */
  readonly signal: () => AbortSignal | undefined;
  /** Whether it may be sent again, though it was answered so. */
  readonly mayRepeat: (answer: Answer) => boolean;
  readonly send: (connection: ConnectorConnection) => Promise<Answer>;
  /** Whether the provider refused the token. */
  readonly isRefused: (answer: Answer) => boolean;
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
export async function sendAuthorized<Answer>(
  resolver: ConnectionResolver,
  call: AuthorizedCall<Answer>,
): Promise<Answer> {
  const { connector, identity, isRefused, discard } = call;
  const connection = await (resolver.peekFor(connector, identity) ??
    resolver.resolve(connector, identity, { signal: call.signal() }));
  const answer = await call.send(connection);
  if (!isRefused(answer)) return answer;
  if (!call.mayRepeat(answer)) {
    resolver.forgetRefused(connector, identity, connection);
    return answer;
  }
  discard(answer);
  const renewed = await resolver.renew(connector, identity, connection, call.signal());
  if (renewed.accessToken !== connection.accessToken) {
    call.signal()?.throwIfAborted();
    const second = await call.send(renewed);
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
