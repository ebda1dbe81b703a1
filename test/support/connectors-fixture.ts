import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Clock } from '../../lib/common/clock.js';
import { ManualClock } from './clocks.js';
import { TokenServer } from './token-server.js';

/** A Base44, a clock and an application for each test of a file. */
export class ConnectorsFixture {
  server!: TokenServer;
  clock!: ManualClock;
  module: TestingModule | undefined;
  connectors!: ConnectorsService;

  static forEachTest(): ConnectorsFixture {
    const fixture = new ConnectorsFixture();
    beforeEach(async () => {
      fixture.server = await TokenServer.start();
      fixture.clock = new ManualClock();
    });
    afterEach(async () => {
      await fixture.module?.close();
      await fixture.server.close();
    });
    return fixture;
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

  /** Resolves a connection and returns its token. */
  async getToken(connector = 'slack'): Promise<string> {
    return (await this.connectors.getConnection(connector)).accessToken;
  }
}
