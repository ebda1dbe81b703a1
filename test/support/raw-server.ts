import { createServer } from 'node:net';
import { openTestServer } from './open-server.js';

const END_OF_HEAD = '\r\n\r\n';

export interface RawServer {
  readonly url: string;
  /** The first line of every request, exactly as received. */
  readonly requestLines: string[];
}

/**
 * Starts a server on bare sockets. It is fast, keeps connections alive, and can send bytes that
 * `node:http` refuses to send.
 *
 * @param respond - returns the bytes of a whole response to the first line of a request
 */
export async function startRawServer(respond: (requestLine: string) => Buffer): Promise<RawServer> {
  const requestLines: string[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
      let request: ReadRequest | undefined;
      while ((request = readRequest(received)) !== undefined) {
        received = received.slice(request.length);
        requestLines.push(request.line);
        socket.write(respond(request.line));
      }
    });
  });
  const { url } = await openTestServer(server);
  return { url, requestLines };
}

interface ReadRequest {
  readonly line: string;
  /** Includes the body. */
  readonly length: number;
}

function readRequest(received: string): ReadRequest | undefined {
  const end = received.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const bodyLength = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
  const length = end + END_OF_HEAD.length + bodyLength;
  if (received.length < length) return undefined;
  return { line: received.slice(0, received.indexOf('\r\n')), length };
}

/** A whole HTTP/1.1 response on a connection that stays open. */
export function toRawResponse(
  body: string | Buffer,
  status = '200 OK',
  headers: string[] = [],
): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    `Content-Length: ${bytes.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n') + END_OF_HEAD, 'latin1'), bytes]);
}
