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
  const copy = isLong || response.bodyUsed ? null : response.clone().body;
  if (copy === null) return undefined;
  try {
    return await readUpTo(copy as ReadableStream<Uint8Array>, maxBytes);
  } catch {
    return undefined;
  }
}

async function readUpTo(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    length += value.byteLength;
    if (length > maxBytes) {
      // The promise settles only when the caller cancels its body too.
      void reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}
