import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CONNECTORS_MODULE_OPTIONS, ConnectorsModule } from 'nestjs-base44-connectors';
import { Base44Emulator, EmulatedProvider, survives } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';

describe('GET /members', () => {
  let base44: Base44Emulator;
  let slack: EmulatedProvider;
  let app: INestApplication;

  beforeAll(async () => {
    base44 = await Base44Emulator.start();
    slack = await EmulatedProvider.start({ respond: () => ({ ok: true, members: [] }) });
    const { appId, serviceToken, url: serverUrl } = base44;
    // Short times, because the checks wait for the deadline of the application.
    const resilience = { attemptTimeoutMs: 300, deadlineMs: 900 };
    const module = await Test.createTestingModule({
      imports: [
        AppModule,
        ConnectorsModule.forFeature([{ connector: 'slack', baseURL: slack.url }]),
      ],
    })
      .overrideProvider(CONNECTORS_MODULE_OPTIONS)
      .useValue({ appId, serviceToken, serverUrl, resilience })
      .compile();
    app = module.createNestApplication({ forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await slack.close();
    await base44.close();
  });

  const check = () =>
    survives(app, {
      base44,
      connector: 'slack',
      provider: slack,
      request: async (signal) => fetch(`${await app.getUrl()}/members`, { signal }),
    });

  it('survives a revoked token', () => check().revocation());
  it('survives a rotated token', () => check().rotation());
  it('survives an outage of Base44', () => check().outage());
  it('survives a slow Base44', () => check().slowBase44());
  it('leaks no token', () => check().leaks());
});
