import { sha256 } from '../../common/hash.js';

/**
 * Creates the names of values in the shared store. They are hashes, and they separate the values of
 * different servers, apps and service identities.
 *
 * @internal
 */
export class SharedNames {
  readonly #partition: string;

  /** @param partition - the server, the app and the service identity */
  constructor(partition: string) {
    this.#partition = partition;
  }

  get epoch(): string {
    return `epoch:${sha256(this.#partition, 'base64url')}`;
  }

  getEntry(key: string): string {
    return `entry:${this.#hash(key)}`;
  }

  getGeneration(scope: string): string {
    return `generation:${this.#hash(scope)}`;
  }

  /** Each generation has its own lease, so no process waits for an obsolete request. */
  getLease(key: string, generations: string): string {
    return `lease:${this.#hash(`${key}\n${generations}`)}`;
  }

  #hash(key: string): string {
    return sha256(`${this.#partition}\n${key}`, 'base64url');
  }
}
