import { finished, PassThrough, Readable } from 'node:stream';

/**
 * Copies the stream of a response, because the stream and its errors refer to the request, which
 * contains the token.
 *
 * @param redact - removes the request from an error
 * @internal
 */
export function detachDownload(stream: Readable, redact: (error: Error) => Error): Readable {
  const copy = new PassThrough();
  finished(stream, (error) => {
    if (error) copy.destroy(redact(error));
  });
  copy.once('close', () => stream.destroy());
  // A stream of axios may fail without a listener, so the copy must not crash the process either.
  copy.on('error', () => undefined);
  return stream.pipe(copy);
}

/**
 * Copies a stream that the caller sends, because a piped stream refers to the request. A stream with
 * `getHeaders` is not copied, because axios reads the headers of a form from it.
 *
 * @internal
 */
export function detachUpload(data: unknown): unknown {
  const isPlain = data instanceof Readable && !('getHeaders' in data);
  return isPlain ? Readable.from(readChunks(data)) : data;
}

async function* readChunks(stream: Readable): AsyncGenerator {
  yield* stream;
}
