import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';
import { closeAfterTest } from '../support/close-after-test.js';
import { type TokenServer } from '../support/token-server.js';

export interface TracedApp {
  readonly module: TestingModule;
  readonly connectors: ConnectorsService;
}

/** Starts an application that reports to OpenTelemetry. It never retries. */
export async function startTracedApp(
  server: TokenServer,
  options: Partial<ConnectorsModuleOptions> = {},
): Promise<TracedApp> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        appId: 'app1',
        serviceToken: 'service-token',
        serverUrl: server.url,
        resilience: { retries: 0 },
        ...options,
      }),
      ConnectorsModule.forFeature([{ connector: 'crm', baseURL: `${server.url}/crm` }]),
      ConnectorsOpenTelemetryModule.register(),
    ],
  }).compile();
  await module.init();
  closeAfterTest(() => module.close());
  return { module, connectors: module.get(ConnectorsService) };
}
