import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request that arrived at the emulator. It is recorded when its headers are complete, before its body.
 *
 * @publicApi
 */
export interface RecordedRequest {
  readonly method: string;
  /** The URL as it was sent, with its query, neither decoded nor normalized. */
  readonly path: string;
  /** The headers with lower-case names, as Node.js parses them. */
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body. `undefined` if there is no body, or if it is not JSON. */
  readonly body: unknown;
  /** The body as UTF-8 text, at most 10 MB of it. */
  readonly rawBody: string;
  /** The status of the response. `undefined` until the emulator sends its headers. */
  readonly status: number | undefined;
  /** Whether the client disconnected before the response ended. */
  readonly aborted: boolean;
}

/** A record whose body and outcome are not known yet. */
export type MutableRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** Records a request, and its outcome when it has ended. */
export function recordRequest(
  request: IncomingMessage,
  response: ServerResponse,
  onEnd: (record: RecordedRequest) => void,
): MutableRecord {
  const record: MutableRecord = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: { ...request.headers },
    body: undefined,
    rawBody: '',
    get status() {
      return response.headersSent ? response.statusCode : undefined;
    },
    aborted: false,
  };
  onClientDisconnect(response, () => (record.aborted = true));
  response.once('close', () => {
    onEnd(record);
  });
  return record;
}

/**
 * Listens to the socket for a FIN or reset of the client. The response's `close` event does not
 * distinguish these from a connection that the emulator cuts itself.
 */
function onClientDisconnect(response: ServerResponse, listener: () => void): void {
  const { socket } = response.req;
  const onDisconnect = () => {
    if (!response.writableFinished) listener();
  };
  const unsubscribe = () => {
    response.off('close', unsubscribe);
    socket.off('end', onDisconnect).off('error', onDisconnect).off('close', unsubscribe);
  };
  socket.once('end', onDisconnect).once('error', onDisconnect).once('close', unsubscribe);
  response.once('close', unsubscribe);
}
