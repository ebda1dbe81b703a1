import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const OPTIONS = { keepAlive: true, maxFreeSockets: 64 };

/**
 * The connections that one client keeps open. Private fields hide the agents from inspection because
 * their sockets show the headers of requests.
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

  /** Closes the connections that no request uses. */
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
