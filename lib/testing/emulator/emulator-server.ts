import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

// Longer than any test, so that an idle connection ends when a test says so.
const KEEP_ALIVE_MS = 120_000;

/** A `node:http` server on loopback that leaves nothing open behind it. */
export class EmulatorServer {
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(
    server: Server,
    /** `http://127.0.0.1:PORT`. */
    readonly url: string,
  ) {
    this.#server = server;
  }

  /** Starts to listen; port 0 is any that is free. */
  static listen(listener: RequestListener, port: number): Promise<EmulatorServer> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
    refuseUpgrades(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        const { port: taken } = server.address() as AddressInfo;
        resolve(new EmulatorServer(server, `http://127.0.0.1:${taken}`));
      });
    });
  }

  /** Cuts every connection, hung ones included, and stops to listen. */
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

/** The API's live updates are not emulated; the socket that the SDK opens for them is told so. */
function refuseUpgrades(server: Server): void {
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => {
      socket.destroy();
    });
  });
}
