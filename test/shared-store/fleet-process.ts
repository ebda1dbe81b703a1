import { once } from 'node:events';
import { type Child, forkChild } from '../support/child-process.js';
import { toOptions } from '../support/to-options.js';
import type { SharedStoreFixture } from './shared-store.fixture.js';

export interface FleetTask {
  readonly redisUrl: string;
  readonly serverUrl: string;
  readonly appId: string;
  readonly serviceToken: string;
  readonly encryptionKey: string;
  readonly ttlMs: number;
}

/** Resolves connections, one after another and again for so long. */
export interface FleetCommand {
  readonly connectors: readonly string[];
  readonly hasLease: boolean;
  readonly forMs: number;
}

/** A process that shares connections with others. */
export class FleetProcess {
  private constructor(private readonly child: Child) {}

  static async start(
    { base44, redis, encryptionKey }: SharedStoreFixture,
    ttlMs = 60_000,
  ): Promise<FleetProcess> {
    const task = { ...toOptions(base44), redisUrl: redis.url, encryptionKey, ttlMs };
    const child = await forkChild('fleet-process', task);
    child.result.catch(() => undefined);
    await once(child.process, 'message');
    return new FleetProcess(child);
  }

  /** Runs a command. Returns the last token. */
  async run({ connectors, hasLease = true, forMs = 0 }: Partial<FleetCommand>): Promise<string> {
    const reply = once(this.child.process, 'message');
    this.child.process.send({ connectors, hasLease, forMs });
    return String((await reply)[0]);
  }

  kill(): void {
    this.child.process.kill('SIGKILL');
  }

  async close(): Promise<void> {
    if (this.child.process.connected) this.child.process.send('close');
    await this.child.result.catch(() => undefined);
  }
}
