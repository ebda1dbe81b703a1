import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  type ConnectorsService,
  getConnectorsToken,
} from 'nestjs-base44-connectors';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';
import { closeAfterTest } from '../support/close-after-test.js';
import type { TokenServer } from '../support/token-server.js';

export interface TracedApp {
  readonly module: TestingModule;
  readonly connectors: ConnectorsService;
}

/** Starts an application that reports to OpenTelemetry. It never retries. */
export async function startTracedApp(
  server: TokenServer,
  options: Partial<ConnectorsModuleOptions> = {},
  name?: string,
): Promise<TracedApp> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        ...(name !== undefined && { name }),
        appId: 'app1',
        serviceToken: 'service-token',
        serverUrl: server.url,
        resilience: { retries: 0 },
        ...options,
      }),
      ConnectorsModule.forFeature([
        {
          connector: 'crm',
          baseURL: `${server.url}/crm`,
          ...(name !== undefined && { instance: name }),
        },
      ]),
      ConnectorsOpenTelemetryModule.register(),
    ],
  }).compile();
  await module.init();
  closeAfterTest(() => module.close());
  return { module, connectors: module.get<ConnectorsService>(getConnectorsToken(name)) };
}
