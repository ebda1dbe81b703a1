import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { exitRequestContext, runInRequestContext } from './current-request.js';

const handshakes = new WeakMap<object, IncomingRequest | undefined>();

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

interface WebSocketServer {
  on?(event: 'connection', listener: (client: object, request?: IncomingRequest) => void): unknown;
}

function recordHandshakes(server: WebSocketServer): void {
  server.on?.('connection', (client, request) => {
    handshakes.set(client, request);
  });
}

type Hook<T extends object> = (this: unknown, target: T, ...rest: unknown[]) => unknown;

/** The hooks of a gateway: for the server before any client connects, and for each client. */
interface Gateway {
  afterInit?: Hook<WebSocketServer>;
  handleConnection?: Hook<object>;
  handleDisconnect?: Hook<object>;
}

/**
 * Runs the hooks of a gateway in the context of the client that they handle, and records the
 * handshakes of its clients. Another user's handler may disconnect a client, so the context in
 * which Nest calls a hook is not the client's.
 *
 * The instance is changed, because class fields hide the hooks of a prototype. It belongs to one
 * application, so the change needs no removal.
 *
 * @internal
 */
export function wrapGatewayHooks(gateway: Gateway): void {
  const { afterInit, handleConnection, handleDisconnect } = gateway;
  replaceHook(gateway, 'afterInit', afterInit, function (server, ...rest) {
    recordHandshakes(server);
    return exitRequestContext(() => afterInit?.call(this, server, ...rest));
  });
  if (handleConnection) {
    replaceHook(gateway, 'handleConnection', handleConnection, inContextOfClient(handleConnection));
  }
  if (handleDisconnect) {
    replaceHook(gateway, 'handleDisconnect', handleDisconnect, inContextOfClient(handleDisconnect));
  }
}

function inContextOfClient(hook: Hook<object>): Hook<object> {
  return function (client, ...rest) {
    return runInRequestContext(getHandshake(client), () => hook.call(this, client, ...rest));
  };
}

/** The hooks that {@link wrapGatewayHooks} created. */
const wrappers = new WeakSet<object>();

function replaceHook<T extends object>(
  gateway: Gateway,
  name: keyof Gateway,
  original: Hook<T> | undefined,
  wrapper: Hook<T>,
): void {
  if (original !== undefined && wrappers.has(original)) return;
  wrappers.add(wrapper);
  Reflect.defineProperty(gateway, name, { value: wrapper, configurable: true, writable: true });
}
