import { Agent as HttpAgent, createServer, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { runInThisContext } from 'node:vm';
import { closeAfterTest } from './close-after-test.js';
import { openTestServer } from './open-server.js';

/** A request that reached a host. */
export interface Arrival {
  /** The address to which the client opened the connection: `https://api.example:443`. */
  readonly target: string;
  /** The request without its body. */
  readonly sent: string;
}

interface Target {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly host?: string;
  readonly port?: string | number;
}

/** How the `fetch` of Node.js opens connections. */
type Connector = (target: Target, done: (error: null, socket: Socket) => void) => void;

interface Dispatcher {
  destroy(): Promise<void>;
}

const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/**
 * A network in which every host exists. Connections of `fetch` and of the two agents below reach
 * one listener, which records the host that they were opened to.
 */
export class OpenNetwork {
  readonly arrivals: Arrival[] = [];
  readonly httpAgent = new HttpAgent({ keepAlive: true });
  readonly httpsAgent = new HttpsAgent({ keepAlive: true });
  readonly #targets = new Map<number, string>();
  #port = 0;

  /** @param locationFor - returns the location to which a path redirects, if it redirects */
  static async open(locationFor: (path: string) => string | undefined): Promise<OpenNetwork> {
    const network = new OpenNetwork();
    const server = createServer((request, response) => {
      network.arrivals.push(network.#toArrival(request));
      const location = locationFor(request.url ?? '');
      const isHeader = location !== undefined && HEADER_VALUE.test(location);
      response.writeHead(isHeader ? 307 : 200, {
        'Content-Length': 0,
        ...(isHeader ? { Location: location } : {}),
      });
      response.end();
    });
    network.#port = (await openTestServer(server)).port;
    network.#redirectAgents();
    await network.#redirectFetch();
    return network;
  }

  #toArrival({ socket, method, url, rawHeaders }: IncomingMessage): Arrival {
    const target = this.#targets.get(socket.remotePort ?? 0) ?? 'unknown';
    return { target, sent: [method, url, ...rawHeaders].join('\n') };
  }

  #connect(protocol: string, { hostname, host, port }: Target): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    const standardPort = protocol === 'https:' ? 443 : 80;
    const target = `${protocol}//${String(hostname ?? host)}:${String(port === '' ? standardPort : (port ?? standardPort))}`;
    socket.once('connect', () => this.#targets.set(socket.localPort ?? 0, target));
    return socket;
  }

  #redirectAgents(): void {
    for (const agent of [this.httpAgent, this.httpsAgent]) {
      const protocol = agent instanceof HttpsAgent ? 'https:' : 'http:';
      Object.assign(agent, { createConnection: (to: Target) => this.#connect(protocol, to) });
      closeAfterTest(() => {
        agent.destroy();
      });
    }
  }

  /** Needs an agent of the class that `fetch` itself uses, which Node.js exposes after its first use. */
  async #redirectFetch(): Promise<void> {
    await fetch('data:,').catch(() => undefined);
    // Not the globals that Jest gives to tests.
    const globals = runInThisContext('globalThis') as Record<symbol, Dispatcher>;
    const usual = globals[DISPATCHER]!;
    const Agent = usual.constructor as new (options: { connect: Connector }) => Dispatcher;
    const agent = new Agent({
      connect: (to, done) => {
        const socket = this.#connect(to.protocol ?? '', to);
        socket.once('connect', () => {
          done(null, socket);
        });
      },
    });
    globals[DISPATCHER] = agent;
    closeAfterTest(async () => {
      globals[DISPATCHER] = usual;
      await agent.destroy();
    });
  }
}
