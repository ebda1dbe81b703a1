import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers one request, or keeps it. */
export type Answer = (response: ServerResponse) => unknown;

/**
 * A server that does less than the emulator, so that it also takes part in loops of
 * many thousands: it counts, and answers as it is told.
 */
export class TokenServer {
  /** How many requests arrived. */
  requests = 0;
  /** How many were given up by the client before their answer ended. */
  abandoned = 0;
  /** Answers for the requests to come, in their order; afterwards `respond` does. */
  readonly script: Answer[] = [];
  respond: Answer = token('token-1');
  readonly sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests += 1;
      response.once('close', () => {
        if (!response.writableFinished) this.abandoned += 1;
      });
      request.resume();
      (this.script.shift() ?? this.respond)(response);
    });
    this.#server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    });
  }

  static async start(): Promise<TokenServer> {
    const server = new TokenServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Holds requests back from now on; each is answered when the test says so. */
  hold(): ServerResponse[] {
    const held: ServerResponse[] = [];
    this.respond = (response) => held.push(response);
    return held;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

/** A usable token, and what else the answer says. */
export function token(accessToken: string, more: object = {}): Answer {
  return status(200, {}, { access_token: accessToken, ...more });
}

export function status(code: number, headers: object = {}, body: unknown = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (response) => {
    response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(text);
  };
}

/** Closes the connection in the client's face. */
export function reset(): Answer {
  return (response) => response.req.socket.resetAndDestroy();
}

export const hang: Answer = () => undefined;
