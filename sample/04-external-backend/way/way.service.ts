import { Injectable } from '@nestjs/common';
import { ConnectorsError, ConnectorsService } from 'nestjs-base44-connectors';
import { LocalWorld } from '../local/local-world.js';
import type { Step } from '../local/trace.js';

/** What came of asking for a connection, without the token. */
export type Outcome =
  { readonly tokenLength: number } | { readonly code: string; readonly message: string };

/** How a connection was resolved. */
export interface Way {
  readonly connector: string;
  readonly outcome: Outcome;
  readonly tookMs: number;
  /** None when it was in memory. */
  readonly steps: readonly Step[];
}

@Injectable()
export class WayService {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly world: LocalWorld,
  ) {}

  async to(connector: string): Promise<Way> {
    // A renewal in the background may have left some.
    this.world.takeSteps(connector);
    const startedAtMs = performance.now();
    const outcome = await this.#resolve(connector);
    const tookMs = performance.now() - startedAtMs;
    return { connector, outcome, tookMs, steps: this.world.takeSteps(connector) };
  }

  forget(connector: string): Promise<void> {
    return this.connectors.invalidate(connector);
  }

  /** All that an application does: the broker is a matter of the module's options. */
  async #resolve(connector: string): Promise<Outcome> {
    try {
      const { accessToken } = await this.connectors.getConnection(connector);
      return { tokenLength: accessToken.length };
    } catch (error) {
      if (!(error instanceof ConnectorsError)) throw error;
      return { code: error.code, message: error.message };
    }
  }
}
