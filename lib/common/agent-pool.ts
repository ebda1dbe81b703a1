import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** The sockets per host are limited, so that a burst waits instead of exhausting the file descriptors. */
const OPTIONS = { keepAlive: true, maxFreeSockets: 64, maxSockets: 128 };

/** Shorter than the idle limits of load balancers and NAT gateways, which drop sockets silently. */
const MAX_IDLE_MS = 4_000;

interface IdleSocket extends Duplex {
  setTimeout?: (timeoutMs: number) => unknown;
}

/**
 * Limits how long an agent keeps idle sockets. The `timeout` of an agent would also apply to sockets in
 * use.
 */
function limitIdleTime<T extends HttpAgent>(agent: T): T {
  const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket: IdleSocket): unknown => {
    const isKept = keep(socket);
    socket.setTimeout?.(MAX_IDLE_MS);
    return isKept;
  };
  agent.reuseSocket = (socket: IdleSocket, request) => {
    socket.setTimeout?.(0);
    reuse(socket, request);
  };
  return agent;
}

/**
 * The keep-alive agents of one client. Private fields hide them from inspection because their sockets
 * show the headers of requests.
 *
 * @internal
 */
export class AgentPool {
  readonly #httpAgent = limitIdleTime(new HttpAgent(OPTIONS));
  readonly #httpsAgent = limitIdleTime(new HttpsAgent(OPTIONS));

  get httpAgent(): HttpAgent {
    return this.#httpAgent;
  }

  get httpsAgent(): HttpsAgent {
    return this.#httpsAgent;
  }

  /** Closes the idle connections. */
  destroyIdle(): void {
    for (const { freeSockets } of [this.#httpAgent, this.#httpsAgent]) {
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
    }
  }

  /** Closes all connections. */
  destroy(): void {
    for (const agent of [this.#httpAgent, this.#httpsAgent]) agent.destroy();
  }
}
