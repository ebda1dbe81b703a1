import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than any test, so that idle connections stay open until a test closes them. */
const KEEP_ALIVE_MS = 120_000;

/** An HTTP server on loopback that closes all its connections. */
export class EmulatorServer {
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(
    server: Server,
    /** The URL `http://127.0.0.1:PORT`. */
    readonly url: string,
  ) {
    this.#server = server;
  }

  /** Starts a server. Port 0 selects a free port. */
  static listen(listener: RequestListener, port: number): Promise<EmulatorServer> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
    rejectUpgrades(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        const address = server.address() as AddressInfo;
        resolve(new EmulatorServer(server, `http://127.0.0.1:${address.port}`));
      });
    });
  }

  /** Stops the server and cuts every connection, including hung ones. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }
}

/** Rejects WebSocket upgrades, because the API's live updates are not emulated. */
function rejectUpgrades(server: Server): void {
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => {
      socket.destroy();
    });
  });
}
