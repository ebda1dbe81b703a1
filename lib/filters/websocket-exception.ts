interface Socket {
  readonly readyState?: unknown;
  send?(data: string): void;
  emit?(event: string, payload: unknown): void;
}

/**
 * Sends an `exception` event to the client of a gateway.
 *
 * Sockets of the `ws` package have an `emit` too, but it sends nothing. Their numeric
 * `readyState` distinguishes them from sockets of Socket.IO. Sockets of other packages
 * may have `send` only.
 *
 * @internal
 */
export function emitException(socket: Socket, data: object): void {
  if (typeof socket.readyState === 'number' || socket.emit === undefined) {
    socket.send?.(JSON.stringify({ event: 'exception', data }));
  } else {
    socket.emit('exception', data);
  }
}
