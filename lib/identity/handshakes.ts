import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { runInRequestContext } from './current-request.js';

const handshakes = new WeakMap<object, IncomingRequest>();

/**
 * Returns the handshake of a client of a gateway. Sockets of Socket.IO hold it. Sockets of the `ws`
 * package do not, so their handshakes are recorded when they connect.
 *
 * @internal
 */
export function getHandshake(client: object): IncomingRequest | undefined {
  const { handshake } = client as { readonly handshake?: IncomingRequest };
  return handshake ?? handshakes.get(client);
}

/** The hooks of a gateway: for the server before any client connects, and for each client. */
interface Gateway {
  afterInit?: (server: WebSocketServer, ...rest: unknown[]) => unknown;
  handleConnection?: (client: object, ...rest: unknown[]) => unknown;
}

interface WebSocketServer {
  on?(event: 'connection', listener: (client: object, request?: unknown) => void): unknown;
}

/**
 * Records the handshakes of a gateway's clients, and runs `handleConnection` in their context.
 *
 * @param prototype - the prototype of the gateway's class
 * @returns a function that restores the prototype
 * @internal
 */
export function trackHandshakes(prototype: Gateway): () => void {
  const { afterInit, handleConnection } = prototype;
  const restoreAfterInit = replace(
    prototype,
    'afterInit',
    function (this: unknown, server, ...rest) {
      server.on?.('connection', (client, request) => {
        if (typeof request === 'object' && request !== null) handshakes.set(client, request);
      });
      return afterInit?.call(this, server, ...rest);
    },
  );
  const restoreHandleConnection = replace(
    prototype,
    'handleConnection',
    function (this: unknown, client, ...rest) {
      return runInRequestContext(getHandshake(client), () =>
        handleConnection?.call(this, client, ...rest),
      );
    },
  );
  return () => {
    restoreAfterInit();
    restoreHandleConnection();
  };
}

/**
 * Replaces a hook.
 *
 * @returns a function that restores it, unless other code replaced it meanwhile
 */
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
