import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const OPTIONS = { keepAlive: true, maxFreeSockets: 64 };

/**
 * The keep-alive agents of one client. Private fields hide them from inspection because their sockets
 * show the headers of requests.
 *
 * @internal
 */
export class AgentPool {
  readonly #httpAgent = new HttpAgent(OPTIONS);
  readonly #httpsAgent = new HttpsAgent(OPTIONS);

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
