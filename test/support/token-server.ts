import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type OpenServer, openServer } from './open-server.js';

/** Sends a response, or leaves the request without one. */
export type Respond = (response: ServerResponse) => unknown;

/**
 * A Base44 that is simpler and faster than the emulator, for loops of many thousand requests. It
 * counts requests and responds as the test says.
 */
export class TokenServer {
  /** The number of requests. */
  requests = 0;
  /** The number of requests that the client cancelled before the response ended. */
  abandoned = 0;
  /** Responses to the next requests in their order. `respond` sends all later ones. */
  readonly script: Respond[] = [];
  respond: Respond = token('token-1');
  // It never closes an idle connection itself.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    this.requests += 1;
    response.once('close', () => {
      if (!response.writableFinished) this.abandoned += 1;
    });
    request.resume();
    (this.script.shift() ?? this.respond)(response);
  });
  #opened!: OpenServer;

  static async start(): Promise<TokenServer> {
    const server = new TokenServer();
    server.#opened = await openServer(server.#server);
    return server;
  }

  get url(): string {
    return this.#opened.url;
  }

  /** The connections that are open now. */
  get sockets(): ReadonlySet<Socket> {
    return this.#opened.sockets;
  }

  /** Holds back every response from now on. The test sends them. */
  hold(): ServerResponse[] {
    const held: ServerResponse[] = [];
    this.respond = (response) => held.push(response);
    return held;
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}

/** Responds with a usable token, and with further fields. */
export function token(accessToken: string, more: object = {}): Respond {
  return status(200, {}, { access_token: accessToken, ...more });
}

/** Responds with a status. */
export function status(code: number, headers: object = {}, body: unknown = {}): Respond {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => {
    response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(text);
  };
}

/** Resets the connection. */
export function reset(): Respond {
  return (response) => response.req.socket.resetAndDestroy();
}

/** Sends no response. */
export const hang: Respond = () => undefined;
