import { connect, createServer, type Socket } from 'node:net';
import { openTestServer } from '../support/open-server.js';

/** Forwards connections on loopback, and delays the responses. */
export class TcpProxy {
  /** Called for every chunk. */
  delayMs: () => number = () => 0;
  port = 0;

  private constructor(private readonly targetPort: number) {}

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    const server = createServer((client) => {
      proxy.#forward(client);
    });
    proxy.port = (await openTestServer(server)).port;
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  #forward(client: Socket): void {
    const server = connect(this.targetPort, '127.0.0.1');
    let dueAtMs = 0;
    client.pipe(server);
    server.on('data', (chunk) => {
      // Chunks keep their order.
      dueAtMs = Math.max(dueAtMs, performance.now() + this.delayMs());
      setTimeout(() => client.destroyed || client.write(chunk), dueAtMs - performance.now());
    });
    server.on('error', () => undefined);
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
  }
}
