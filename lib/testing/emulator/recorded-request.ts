import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/**
 * A request as it arrived. It is recorded when its headers are in; its body follows.
 *
 * @publicApi
 */
export interface RecordedRequest {
  readonly method: string;
  /** The raw URL, neither decoded nor normalised, query included. */
  readonly path: string;
  /** With lower-case names, as node gives them. */
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; `undefined` when there was none, or it was not JSON. */
  readonly body: unknown;
  /** The body as it arrived, read as UTF-8; at most 10 MB of it. */
  readonly rawBody: string;
  /** Whether the client went away before the answer ended. */
  readonly aborted: boolean;
}

/** A record that is still being written. */
export type OpenRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

/** Records a request, and from now on whether its client waits for the end of the answer. */
export function recordRequest(request: IncomingMessage, response: ServerResponse): OpenRecord {
  const record: OpenRecord = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: { ...request.headers },
    body: undefined,
    rawBody: '',
    aborted: false,
  };
  onClientGone(response, () => (record.aborted = true));
  return record;
}

/**
 * The client's FIN or reset, as opposed to a connection that the emulator cuts itself:
 * the `close` of the response cannot tell these apart.
 */
function onClientGone(response: ServerResponse, note: () => void): void {
  const { socket } = response.req;
  const whenGone = () => {
    if (!response.writableFinished) note();
  };
  const forget = () => {
    response.off('close', forget);
    socket.off('end', whenGone).off('error', whenGone).off('close', forget);
  };
  socket.once('end', whenGone).once('error', whenGone).once('close', forget);
  response.once('close', forget);
}
