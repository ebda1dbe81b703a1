import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { ConnectorFeature } from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';

/** Jest, with the function that its types lack. */
const { jest } = import.meta as ImportMeta & {
  readonly jest: { unstable_mockModule(name: string, factory: () => unknown): void };
};

jest.unstable_mockModule('@nestjs/axios', () => {
  throw new SyntaxError('Cannot use import statement outside a module');
});
// Imported after the mock, so a static import of it in any file of the package fails.
const {
  ConnectorHttp,
  ConnectorsConfigurationError,
  ConnectorsModule,
  ConnectorsService,
  getConnectorClientToken,
} = await import('nestjs-base44-connectors');
const { Base44Emulator } = await import('nestjs-base44-connectors/testing');

const NEEDS_AXIOS = {
  code: 'CONFIGURATION',
  message:
    'An HttpService needs @nestjs/axios, which cannot be loaded. Install it: npm i @nestjs/axios',
};

@Controller()
class SlackController {
  @Get()
  read(@ConnectorHttp('slack') http: unknown) {
    return typeof http;
  }
}

async function boot(...features: (string | ConnectorFeature)[]): Promise<INestApplication> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect('slack', { accessToken: 'xoxb-1' });
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot(toOptions(base44)), ConnectorsModule.forFeature(features)],
    controllers: [SlackController],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  return app.listen(0, '127.0.0.1').then(() => app);
}

describe('Where @nestjs/axios cannot be loaded', () => {
  it('lets an application start and get tokens', async () => {
    const connectors = (await boot()).get(ConnectorsService);
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-1',
    });
  });

  it('tells how to install it where the application asks for an HttpService', async () => {
    const connectors = (await boot()).get(ConnectorsService);
    for (const service of [connectors, connectors.asAppUser('ada')]) {
      const error = await catchError(() => service.http('slack'));
      expect(error).toBeInstanceOf(ConnectorsConfigurationError);
      expect(error).toMatchObject(NEEDS_AXIOS);
    }
  });

  it('fails the request of a handler that takes an HttpService', async () => {
    const response = await fetch(await (await boot()).getUrl());
    expect(response.status).toBe(500);
  });

  it('lets an application start that registers a client of an SDK', async () => {
    const client = (send: typeof fetch) => ({ send });
    const app = await boot({ connector: 'slack', client });
    expect(app.get(getConnectorClientToken('slack'))).toMatchObject({
      send: expect.any(Function) as unknown,
    });
  });

  it('does not let an application start that registers an HttpService', async () => {
    await expect(boot('slack')).rejects.toMatchObject(NEEDS_AXIOS);
  });
});
