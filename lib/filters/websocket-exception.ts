interface Socket {
  readonly readyState?: unknown;
  send?(data: string): void;
  emit?(event: string, payload: unknown): void;
}

/**
 * Sends an `exception` event. Sockets of the `ws` package also have an `emit`,
 * which reaches nobody; the numeric `readyState` of the WebSocket standard tells
 * them from those of Socket.IO.
 *
 * @internal
 */
export function emitException(socket: Socket, data: object): void {
  if (typeof socket.readyState === 'number') {
    socket.send?.(JSON.stringify({ event: 'exception', data }));
  } else {
    socket.emit?.('exception', data);
  }
}
