import { ServiceUnavailableException } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';
import type { SurvivalChecks, SurvivesOptions } from 'nestjs-base44-connectors/testing';
import {
  BreakingOffController,
  BrokenController,
  DecoratorController,
  GoodController,
  HangingController,
  LockingController,
  RenewingStoringController,
  ReplacingController,
  StoringController,
  SwallowingController,
} from './survives.apps.fixture.js';
import { serve } from './survives.fixture.js';

const CHECKS = ['revocation', 'rotation', 'outage', 'slowBase44', 'leaks'] as const;

describe('an application that follows the guides', () => {
  it('passes every check, twice and in any order', async () => {
    const { survives } = await serve(GoodController);
    const check = survives();
    for (const name of [...CHECKS, ...CHECKS.toReversed()]) await check[name]();
  });

  it('passes checks that are started together', async () => {
    const { survives } = await serve(GoodController);
    const check = survives();
    await Promise.all(CHECKS.map((name) => check[name]()));
  });

  it.each(CHECKS)('is as before after %s', async (name) => {
    const { app, base44, survives } = await serve(GoodController);
    await survives()[name]();
    await expectRestored(app.get(ConnectorsService), base44.requests.length, base44);
  });

  it('needs no provider, except for revocation', async () => {
    const { survives } = await serve(GoodController);
    const check = survives({ provider: undefined });
    for (const name of ['rotation', 'outage', 'slowBase44', 'leaks'] as const) await check[name]();
    await expect(check.revocation()).rejects.toThrow(
      'revocation() needs the provider that the application calls: pass `provider` to survives().',
    );
  });

  it('may be a service, whose errors are failures', async () => {
    const { app, survives } = await serve(GoodController);
    const check = survives({ request: () => app.get(GoodController).channels() });
    for (const name of CHECKS) await check[name]();
  });

  it('may be a service that throws HTTP exceptions', async () => {
    const { app, survives } = await serve(GoodController);
    const request = (): Promise<unknown> =>
      app
        .get(GoodController)
        .channels()
        .catch(() => {
          throw new ServiceUnavailableException();
        });
    await survives({ request }).outage();
  });

  it('may act for a user', async () => {
    const { app, base44, survives } = await serve(GoodController, {
      request: { base44Headers: true },
    });
    const user = base44.addAppUser('ada');
    const connectors = app.get(ConnectorsService).asAppUser(user.token);
    const connector = { appUserConnector: 'slack' };
    const request = () => connectors.getConnection(connector);
    await survives({ connector, user, request, provider: undefined }).outage();
    expect(base44.getConnection(connector, user)).toBeUndefined();
  });
});

describe.each<
  [string, typeof GoodController | typeof DecoratorController, keyof SurvivalChecks, string]
>([
  [
    'does not renew a rejected token',
    DecoratorController,
    'revocation',
    'Slack responded with 401',
  ],
  ['stores the token itself', StoringController as never, 'rotation', 'Slack responded with 401'],
  [
    'renews its own stored token, and never the cached one',
    RenewingStoringController as never,
    'outage',
    'status 200',
  ],
  ['hides failures', SwallowingController, 'outage', 'a `catch` that hides the failure'],
  ['replaces errors', ReplacingController, 'outage', 'status 502'],
  ['never recovers', BrokenController, 'outage', 'after Base44 has recovered'],
])('an application that %s', (_name, controller, check, message) => {
  it(`fails ${check}`, async () => {
    const { app, base44, survives } = await serve(controller as never);
    const failure = survives({ withinMs: 1_000 })[check]();
    await expect(failure).rejects.toThrow(message);
    await expectRestored(app.get(ConnectorsService), base44.requests.length, base44);
  });
});

describe('an application that does not respond', () => {
  it('fails a slow Base44', async () => {
    const { survives } = await serve(HangingController);
    await expect(survives({ withinMs: 1_000 }).slowBase44()).rejects.toThrow(
      'Happened: no response within 1000 ms',
    );
  });

  it('fails when a caller that gives up blocks the next one', async () => {
    const { survives } = await serve(LockingController as never);
    await expect(survives({ withinMs: 1_000 }).slowBase44()).rejects.toThrow('locked');
  });
});

it('an application that breaks off its response fails the check of an outage', async () => {
  const { survives } = await serve(BreakingOffController as never);
  await expect(survives().outage()).rejects.toThrow(
    /^The application does not survive an outage of Base44\.\n.*\n {2}Happened: TypeError: terminated/,
  );
});

describe('a wrong setup', () => {
  it.each<[string, Partial<SurvivesOptions>, string]>([
    [
      'a request that fails without faults',
      { request: () => Promise.reject(new Error('no route')) },
      'Error: no route',
    ],
    [
      'a request that needs no token',
      { request: () => Promise.resolve('static') },
      'which must be `base44.url`',
    ],
    [
      'a provider that the application does not call',
      { provider: { revoke: () => 0 } },
      'It rejected no call',
    ],
    ['a response that is already read', { request: readResponse }, 'unread'],
  ])('fails with %s', async (_name, options, message) => {
    const { url, survives } = await serve(GoodController);
    address = url;
    await expect(survives(options).revocation()).rejects.toThrow(message);
  });

  it('fails without a cache', async () => {
    const { survives } = await serve(GoodController, { cache: false });
    await expect(survives().outage()).rejects.toThrow('the option `cache`');
  });
});

let address = '';

async function readResponse(): Promise<Response> {
  const response = await fetch(address);
  await response.text();
  return response;
}

/** The connection of the test is back, and no fault is active. */
async function expectRestored(
  connectors: ConnectorsService,
  before: number,
  { requests }: { readonly requests: readonly unknown[] },
): Promise<void> {
  await expect(connectors.getConnection('slack')).resolves.toMatchObject({
    accessToken: 'xoxb-original',
  });
  expect(requests.length).toBeGreaterThan(before);
}
