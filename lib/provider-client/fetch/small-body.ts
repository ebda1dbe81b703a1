import { untilAborted } from '../../common/abort.js';

/**
 * Reads a small body from a copy of the response, so the caller receives it unread.
 *
 * @returns the text, or `undefined` when the body is absent, longer than `maxBytes`, or breaks off
 * @internal
 */
export async function readSmallBody(
  response: Response,
  maxBytes: number,
): Promise<string | undefined> {
  const isLong = Number(response.headers.get('content-length')) > maxBytes;
  const copy = isLong ? null : response.clone().body;
  return copy === null ? undefined : (await readUpTo(copy, maxBytes))?.toString();
}

/**
 * Reads a stream that is a copy, and cancels it when it has no small body.
 *
 * @returns the bytes, or `undefined` when the body is longer than `maxBytes`, breaks off, or the signal aborts
 * @internal
 */
export async function readUpTo(
  copy: ReadableStream,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const reader = (copy as ReadableStream<Uint8Array>).getReader();
  const bytes = await untilAborted(signal, readAll(reader, maxBytes)).catch(() => undefined);
  // The promise settles only when the other copy is cancelled too.
  if (bytes === undefined) void reader.cancel().catch(() => undefined);
  return bytes;
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    // A chunk that is not bytes has no length. `fetch` decides on it.
    if (!(length <= maxBytes)) return undefined;
    chunks.push(value);
  }
}
