import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { ListenOptions } from 'node:net';
import { type OpenServer, openTestServer } from './open-server.js';
import type { TlsCertificate } from './tls-certificate.js';

/** A request exactly as received. */
export interface RecordedRequest {
  readonly method: string;
  /** Neither decoded nor normalized. */
  readonly path: string;
  /** Names and values in the order in which they were sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export type Responder = (request: RecordedRequest, response: ServerResponse) => void;

export interface RecordingServer extends OpenServer {
  readonly requests: RecordedRequest[];
}

interface Where extends ListenOptions {
  readonly tls?: TlsCertificate;
}

/** Starts a `node:http` server, or with a certificate a `node:https` one, that records its requests. */
export async function startRecordingServer(
  respond: Responder = respondWith({ access_token: 'token', connection_config: null }),
  { tls, ...where }: Where = {},
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    void receive(request).then((received) => {
      requests.push(received);
      respond(received, response);
    });
  };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  // The SDK opens a WebSocket for live updates, which is not a request of the API.
  server.on('upgrade', (_request, socket) => socket.destroy());
  return { ...(await openTestServer(server, where)), requests };
}

/** Responds to every request with the same JSON. */
export function respondWith(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Responder {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Returns the value of a header by its name in lower case. */
export function getHeader({ headers }: RecordedRequest, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

async function receive(request: IncomingMessage): Promise<RecordedRequest> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) body += chunk;
  const { rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method: request.method ?? '', path: request.url ?? '', headers, body };
}
