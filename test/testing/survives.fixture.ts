import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, type ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import {
  Base44Emulator,
  EmulatedProvider,
  survives,
  type SurvivalChecks,
  type SurvivesOptions,
} from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';

export interface ServedApp {
  readonly app: INestApplication;
  readonly base44: Base44Emulator;
  readonly slack: EmulatedProvider;
  readonly url: string;
  /** Returns the checks of `GET /channels`. */
  readonly survives: (options?: Partial<SurvivesOptions>) => SurvivalChecks;
}

/** Starts an application with one controller at `/channels`, beside an emulator and a provider. */
export async function serve(
  controller: Type,
  options: Partial<ConnectorsModuleOptions> = {},
): Promise<ServedApp> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect('slack', { accessToken: 'xoxb-original' });
  const slack = await EmulatedProvider.start({ respond: () => ({ ok: true, channels: [] }) });
  closeAfterTest(() => slack.close());
  const app = await startApp(controller, slack, {
    appId: base44.appId,
    serviceToken: base44.serviceToken,
    serverUrl: base44.url,
    resilience: { attemptTimeoutMs: 200, deadlineMs: 600, breaker: { halfOpenAfterMs: 100 } },
    ...options,
  });
  const url = `${await app.getUrl()}/channels`;
  const request = (signal: AbortSignal) => fetch(url, { signal });
  const defaults = { base44, provider: slack, connector: 'slack', request };
  return { app, base44, slack, url, survives: (more) => survives(app, { ...defaults, ...more }) };
}

async function startApp(
  controller: Type,
  slack: EmulatedProvider,
  options: ConnectorsModuleOptions,
): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot(options),
      ConnectorsModule.forFeature([{ connector: 'slack', baseURL: slack.url }]),
    ],
    controllers: [controller],
    providers: [{ provide: EmulatedProvider, useValue: slack }],
  }).compile();
  const app = module.createNestApplication({ forceCloseConnections: true });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  return app;
}
