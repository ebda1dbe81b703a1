import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { withinRequest } from './ambient-context.js';

const handshakes = new WeakMap<object, IncomingRequest>();

/**
 * The handshake of a client of a gateway. Sockets of Socket.IO have it; those of the `ws`
 * package do not, so it is noted when they connect.
 *
 * @internal
 */
export function handshakeOf(client: object): IncomingRequest | undefined {
  const { handshake } = client as { readonly handshake?: IncomingRequest };
  return handshake ?? handshakes.get(client);
}

/** What Nest calls when a client connects: with the socket and, for those of `ws`, the request. */
interface Gateway {
  handleConnection?: (client: object, request?: unknown, ...rest: unknown[]) => unknown;
}

const noting = new WeakSet<object>();

/**
 * Lets a gateway note the handshakes of its clients, before it does what it does itself.
 *
 * @param prototype - of the gateway's class
 * @internal
 */
export function noteHandshakesOf(prototype: Gateway): void {
  if (noting.has(prototype)) return;
  noting.add(prototype);
  const { handleConnection } = prototype;
  prototype.handleConnection = function (client, request, ...rest) {
    if (typeof request === 'object' && request !== null) handshakes.set(client, request);
    return withinRequest(handshakeOf(client), () =>
      handleConnection?.call(this, client, request, ...rest),
    );
  };
}
