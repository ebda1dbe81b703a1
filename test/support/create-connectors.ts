import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from './close-after-test.js';

/** Creates an application of `ConnectorsModule` alone. By default it has no cache and never retries. */
export async function createConnectorsModule(
  options: Partial<ConnectorsModuleOptions>,
): Promise<TestingModule> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        appId: 'app1',
        cache: false,
        ...options,
        resilience: { retries: 0, breaker: false, ...options.resilience },
      }),
    ],
  }).compile();
  closeAfterTest(() => module.close());
  return module;
}

/** Creates the same application and returns its `ConnectorsService`. */
export async function createConnectors(
  options: Partial<ConnectorsModuleOptions>,
): Promise<ConnectorsService> {
  return (await createConnectorsModule(options)).get(ConnectorsService);
}
