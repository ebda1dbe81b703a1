import { once } from 'node:events';
import { Agent as HttpAgent, createServer, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { runInThisContext } from 'node:vm';
import { closeAfterTest } from './cleanup.js';
import { closed, track } from './recording-server.js';

/** What reached a host. */
export interface Arrival {
  /** Where the client opened a connection to: `https://api.example:443`. */
  readonly target: string;
  /** All that it sent there, but for the body. */
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
 * A network in which every host is there: whichever one `fetch` and the agents of `node:http` and
 * `node:https` given here connect to, they reach one listener, which records whom they meant.
 */
export class OpenNetwork {
  readonly arrivals: Arrival[] = [];
  readonly httpAgent = new HttpAgent({ keepAlive: true });
  readonly httpsAgent = new HttpsAgent({ keepAlive: true });
  readonly #targets = new Map<number, string>();
  #port = 0;

  /** @param locationFor - where a path redirects to, if it does */
  static async open(locationFor: (path: string) => string | undefined): Promise<OpenNetwork> {
    const network = new OpenNetwork();
    const sockets = new Set<Socket>();
    const server = createServer((request, response) => {
      network.arrivals.push(network.#arrivalOf(request));
      const location = locationFor(request.url ?? '');
      const isHeader = location !== undefined && HEADER_VALUE.test(location);
      response.writeHead(isHeader ? 307 : 200, {
        'Content-Length': 0,
        ...(isHeader ? { Location: location } : {}),
      });
      response.end();
    });
    track(server, sockets);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    network.#port = (server.address() as AddressInfo).port;
    network.#leadAgentsHere();
    await network.#leadFetchHere();
    closeAfterTest(() => closed(server, sockets));
    return network;
  }

  #arrivalOf({ socket, method, url, rawHeaders }: IncomingMessage): Arrival {
    const target = this.#targets.get(socket.remotePort ?? 0) ?? 'nobody';
    return { target, sent: [method, url, ...rawHeaders].join('\n') };
  }

  #connect(protocol: string, { hostname, host, port }: Target): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    const standardPort = protocol === 'https:' ? 443 : 80;
    const target = `${protocol}//${String(hostname ?? host)}:${String(port === '' ? standardPort : (port ?? standardPort))}`;
    socket.once('connect', () => this.#targets.set(socket.localPort ?? 0, target));
    return socket;
  }

  #leadAgentsHere(): void {
    for (const agent of [this.httpAgent, this.httpsAgent]) {
      const protocol = agent instanceof HttpsAgent ? 'https:' : 'http:';
      Object.assign(agent, { createConnection: (to: Target) => this.#connect(protocol, to) });
      closeAfterTest(() => {
        agent.destroy();
      });
    }
  }

  /** With an agent of the class that `fetch` itself uses, which shows once it has been used. */
  async #leadFetchHere(): Promise<void> {
    await fetch('data:,').catch(() => undefined);
    // Not those that Jest gives to tests.
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
