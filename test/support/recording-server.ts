import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { closeAfterTest } from './cleanup.js';
import type { TlsCertificate } from './tls-certificate.js';

/** A request as it came over the wire. */
export interface RawRequest {
  readonly method: string;
  /** Neither decoded nor normalised. */
  readonly path: string;
  /** Names and values as sent, in their order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export type Responder = (request: RawRequest, response: ServerResponse) => void;

export interface RecordingServer {
  readonly url: string;
  readonly port: number;
  readonly requests: RawRequest[];
  /** The connections that are open at the moment. */
  readonly sockets: ReadonlySet<Socket>;
}

/** A `node:http` server, or with a certificate a `node:https` one, that keeps what arrived. */
export async function recordingServer(
  respond: Responder = respondWith({ access_token: 'token', connection_config: null }),
  {
    host = '127.0.0.1',
    port = 0,
    tls,
  }: { host?: string; port?: number; tls?: TlsCertificate } = {},
): Promise<RecordingServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    void receive(request).then((raw) => {
      requests.push(raw);
      respond(raw, response);
    });
  };
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener);
  // The SDK opens a WebSocket for live updates, which is no request of the API.
  server.on('upgrade', (_request, socket) => socket.destroy());
  track(server, sockets);
  await once(server.listen(port, host), 'listening');
  closeAfterTest(() => closed(server, sockets));
  const { port: taken } = server.address() as AddressInfo;
  const scheme = tls ? 'https' : 'http';
  return { url: `${scheme}://${host}:${taken}`, port: taken, requests, sockets };
}

/** Answers every request with the same JSON. */
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

/** The value of a header, by its name in lower case. */
export function headerOf({ headers }: RawRequest, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

async function receive(request: IncomingMessage): Promise<RawRequest> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request as AsyncIterable<string>) body += chunk;
  const { rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
  );
  return { method: request.method ?? '', path: request.url ?? '', headers, body };
}

/** Keeps track of the open connections of a server. */
export function track(server: Server, sockets: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
}

/** Cuts every connection and stops listening. */
export async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const end = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await end;
}
