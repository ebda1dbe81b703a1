import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Clock } from '../../lib/common/clock.js';
import { TokenServer } from './token-server.js';

/** Time passes when the test says so; the wall clock is `Date`, as for everybody else. */
export class ManualClock extends Clock {
  #nowMs = 1_000;

  override monotonicMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** A server, a clock and an application for each test of a file, closed after it. */
export class Resolving {
  server!: TokenServer;
  clock!: ManualClock;
  module: TestingModule | undefined;
  connectors!: ConnectorsService;

  static forEachTest(): Resolving {
    const resolving = new Resolving();
    // For busy machines; what has a bound of its own says so.
    import.meta.jest.setTimeout(60_000);
    beforeEach(async () => {
      resolving.server = await TokenServer.start();
      resolving.clock = new ManualClock();
    });
    afterEach(async () => {
      await resolving.module?.close();
      await resolving.server.close();
    });
    return resolving;
  }

  async boot(options: Partial<ConnectorsModuleOptions> = {}): Promise<ConnectorsService> {
    await this.module?.close();
    this.module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          appId: 'app1',
          serviceToken: 'service-token',
          serverUrl: this.server.url,
          ...options,
        }),
      ],
    })
      .overrideProvider(Clock)
      .useValue(this.clock)
      .compile();
    this.connectors = this.module.get(ConnectorsService);
    return this.connectors;
  }

  /** The token that a caller gets. */
  async token(connector = 'slack'): Promise<string> {
    return (await this.connectors.getConnection(connector)).accessToken;
  }
}
