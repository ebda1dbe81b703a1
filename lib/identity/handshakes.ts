import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { runInRequestContext } from './ambient-context.js';

const handshakes = new WeakMap<object, IncomingRequest>();

/**
 * The handshake of a client of a gateway. Sockets of Socket.IO have it; those of the `ws`
 * package do not, so it is noted when they connect.
 *
 * @internal
 */
export function getHandshake(client: object): IncomingRequest | undefined {
  const { handshake } = client as { readonly handshake?: IncomingRequest };
  return handshake ?? handshakes.get(client);
}

/** What Nest calls: with the server before any client connects, and with each client. */
interface Gateway {
  afterInit?: (server: WebSocketServer, ...rest: unknown[]) => unknown;
  handleConnection?: (client: object, ...rest: unknown[]) => unknown;
}

interface WebSocketServer {
  on?(event: 'connection', listener: (client: object, request?: unknown) => void): unknown;
}

/**
 * Lets a gateway note the handshakes of its clients, and know them while it handles that
 * they connect.
 *
 * @param prototype - of the gateway's class
 * @returns takes that away again
 * @internal
 */
export function trackHandshakes(prototype: Gateway): () => void {
  const { afterInit, handleConnection } = prototype;
  const restore = [
    replace(prototype, 'afterInit', function (this: unknown, server, ...rest) {
      server.on?.('connection', (client, request) => {
        if (typeof request === 'object' && request !== null) handshakes.set(client, request);
      });
      return afterInit?.call(this, server, ...rest);
    }),
    replace(prototype, 'handleConnection', function (this: unknown, client, ...rest) {
      return runInRequestContext(getHandshake(client), () =>
        handleConnection?.call(this, client, ...rest),
      );
    }),
  ];
  return () => {
    for (const putBack of restore) putBack();
  };
}

/** @returns puts back what was there, unless somebody else replaced it meanwhile */
function replace<K extends keyof Gateway>(
  prototype: Gateway,
  name: K,
  method: NonNullable<Gateway[K]>,
): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, name);
  Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
  return () => {
    if (prototype[name] !== method) return;
    if (own === undefined) Reflect.deleteProperty(prototype, name);
    else Object.defineProperty(prototype, name, own);
  };
}
