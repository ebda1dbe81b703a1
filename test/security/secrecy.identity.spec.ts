import { setImmediate as nextTick } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Controller, Get, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  type IncomingRequest,
  isConnectorsError,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors, createConnectorsModule } from '../support/create-connectors.js';
import { expectNoSecret, createSecret, containsSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { catchError } from '../support/async.js';
import { startRecordingServer, respondWith } from '../support/recording-server.js';
import { startThrowingApp } from '../support/throwing-app.js';
import { ECHOES, REDIRECTS, UNUSABLE_ANSWERS } from './faults/base44-response.faults.js';
import { CONNECTION_FAULTS } from './faults/base44-connection.faults.js';
import { type Fault, json } from './faults/fault.js';

const SINKS = 16;
let looks = 0;
let faults = 0;

afterAll(() => {
  printFigure('secrecy of request identities', `${faults} faults × ${SINKS} sinks, 0 hits`);
  expect(looks).toBe(faults * SINKS);
});

/** The credentials of a request that Base44 forwards. */
interface Carried {
  readonly serviceToken: string;
  readonly userToken: string;
  readonly state: string;
  readonly accessToken: string;
}

function carriedSecrets(): Carried {
  const [serviceToken, userToken] = [createSecret(), createSecret()];
  return { serviceToken, userToken, state: createSecret(), accessToken: createSecret() };
}

function toHeaders({ serviceToken, userToken, state }: Carried): Record<string, unknown> {
  return {
    authorization: `Bearer ${userToken}`,
    'base44-service-authorization': `Bearer ${serviceToken}`,
    'base44-app-id': 'app1',
    'base44-state': state,
  };
}

type Call = (service: ConnectorsService) => Promise<unknown>;

const CALLS: Record<string, Call> = {
  'asking for a connection': (service) => service.getCurrentAppUserConnection('cal1'),
  connecting: (service) => service.connectAppUser('cal1'),
  disconnecting: (service) => service.disconnectAppUser('cal1'),
};

/** One of each kind of response. Other tests cover those of metered calls. */
const FAILURES = [...ECHOES, ...REDIRECTS, ...CONNECTION_FAULTS]
  .filter(({ call, fault }) => call === undefined && !fault.startsWith('201'))
  .flatMap((fault) => Object.entries(CALLS).map(([name, call]) => ({ ...fault, name, call })));

/** Values in the place of a token or of a redirect URL. */
const UNUSABLE = UNUSABLE_ANSWERS.filter(({ call }) => call === undefined).flatMap((fault) =>
  Object.entries(CALLS)
    .filter(([name]) => name !== 'disconnecting')
    .map(([name, call]) => ({ ...fault, name, call })),
);

const PAGES = (
  [
    ['a script', (secret) => `javascript:alert('${secret}')`],
    ['a page without TLS', (secret) => `http://evil.test/${secret}`],
    ['a path', (secret) => `/${secret}`],
    ['a line break', (secret) => `https://a.test/\r\nSet-Cookie: ${secret}`],
    ['a list', (secret) => [secret]],
  ] satisfies [string, (secret: string) => unknown][]
).map(([what, page]) => ({
  name: 'connecting',
  call: CALLS.connecting!,
  fault: `${what} as a page`,
  respond: ({ accessToken }: { accessToken: string }) => json({ redirect_url: page(accessToken) }),
}));

/** Expects no credential of the request in any form of the error. */
async function expectNoCredential(error: unknown, secrets: readonly string[]): Promise<void> {
  expect(isConnectorsError(error)).toBe(true);
  const { answer, applicationLog } = await (await startThrowingApp())(error);
  faults += 1;
  looks += expectNoSecret(error, secrets, { answer, applicationLog });
}

describe('no credential of a request shows in the error of', () => {
  const all: (Pick<Fault, 'fault' | 'respond' | 'options'> & { name: string; call: Call })[] = [
    ...FAILURES,
    ...UNUSABLE,
    ...PAGES,
  ];

  it.each(all)('$name: $fault', async ({ respond, options, call }) => {
    const carried = carriedSecrets();
    const secrets = { ...carried, other: carried.userToken };
    const usable = respondWith({ access_token: carried.accessToken });
    const server = await startRecordingServer(respond?.(secrets) ?? usable);
    const error = await catchError(async () => {
      const given = { serverUrl: server.url, ...(await options?.(secrets, server)) };
      const service = await createConnectors({ ...given, request: { base44Headers: true } });
      return call(service.forRequest({ headers: toHeaders(carried) }));
    });
    await expectNoCredential(error, Object.values(carried));
  });
});

describe('no credential of a malformed request shows when it is rejected for', () => {
  it.each<[string, (carried: Carried) => Record<string, unknown>]>([
    [
      'a service token that is no Bearer',
      (all) => ({ 'base44-service-authorization': `Basic ${all.serviceToken}` }),
    ],
    [
      'two service tokens',
      (all) => ({ 'base44-service-authorization': [all.serviceToken, all.userToken] }),
    ],
    ['a line break in the state', ({ state }) => ({ 'base44-state': `${state}\r\n${state}` })],
    ['a state that is too long', ({ state }) => ({ 'base44-state': state.repeat(1_000) })],
    ['an app that is none', ({ serviceToken }) => ({ 'base44-app-id': serviceToken })],
    ['a server that is none', ({ state }) => ({ 'base44-api-url': state })],
    ['another server', (all) => ({ 'base44-api-url': `https://${all.userToken}@evil.test` })],
    ['two users', (all) => ({ authorization: [`Bearer ${all.userToken}`, all.serviceToken] })],
    ['no app', () => ({ 'base44-app-id': undefined })],
    ['no user', () => ({ authorization: undefined })],
  ])('%s', async (_, malformed) => {
    const carried = carriedSecrets();
    const service = await createConnectors({ request: { base44Headers: true } });
    const headers = { ...toHeaders(carried), ...malformed(carried) };
    const error = await catchError(() =>
      service.forRequest({ headers }).getCurrentAppUserConnection('cal1'),
    );
    await expectNoCredential(error, Object.values(carried));
  });

  it.each<[string, (token: string) => unknown]>([
    ['a line break in it', (token) => `${token}\r\n`],
    ['a Bearer before it', (token) => `Bearer ${token}`],
    ['an object', (token) => ({ token })],
    ['a promise', (token) => Promise.resolve(token)],
    ['a list', (token) => [token]],
  ])('the token of a user that is %s', async (_, wrong) => {
    const token = createSecret();
    const given = (): string => wrong(token) as string;
    const service = await createConnectors({ serviceToken: 's', request: { appUserToken: given } });
    for (const acting of [service.forRequest({ headers: {} }), service.asAppUser(given())]) {
      await expectNoCredential(await catchError(() => acting.getConnection('slack')), [token]);
    }
  });
});

describe('no credential of a request shows in', () => {
  async function inUse() {
    const carried = carriedSecrets();
    const server = await startRecordingServer(respondWith({ access_token: carried.accessToken }));
    const options: Partial<ConnectorsModuleOptions> = {
      serverUrl: server.url,
      request: { base44Headers: true },
      cache: { ttlMs: 60_000 },
    };
    const module = await createConnectorsModule(options);
    const service = module.get(ConnectorsService);
    const request: IncomingRequest = { headers: toHeaders(carried) };
    const bound = service.forRequest(request);
    await bound.getConnection('slack');
    await bound.getCurrentAppUserConnection('cal1');
    const secrets = Object.values<string>({ ...carried });
    return { module, service, bound, carried, secrets };
  }

  it('the service that is bound to it or to its user', async () => {
    const { service, bound, carried, secrets } = await inUse();
    const asUser = service.asAppUser(carried.userToken);
    for (const each of [service, bound, asUser, bound.asAppUser(carried.userToken)]) {
      expectNoSecret(each, secrets);
    }
  });

  it('any provider of the module', async () => {
    const { module, secrets } = await inUse();
    const modules = module.get(ModulesContainer);
    const showing = [...modules.values()]
      .filter(({ metatype }) => metatype === ConnectorsModule)
      .flatMap(({ providers }) => [...providers.values()])
      .map((wrapper) =>
        inspect((wrapper as { instance: unknown }).instance, { depth: 10, showHidden: true }),
      )
      .filter((text) => secrets.some((secret) => containsSecret(text, secret)));
    expect(showing).toEqual([]);
  });

  it('a promise, a timer or a request in flight that a handler prints', async () => {
    const carried = carriedSecrets();
    const server = await startRecordingServer(respondWith({ access_token: carried.accessToken }));
    const printed: string[] = [];

    @Controller()
    class PrintingController {
      constructor(private readonly connectors: ConnectorsService) {}

      @Get()
      async print() {
        const asked = this.connectors.getCurrentAppUserConnection('cal1').then(() => 'done');
        const own = nextTick();
        const immediate = setImmediate(() => undefined);
        for (const value of [asked, own, immediate]) {
          printed.push(inspect(value, { depth: 10, showHidden: true }));
        }
        await own;
        return asked;
      }
    }

    const request = { base44Headers: true };
    const options = { appId: 'app1', serverUrl: server.url, request };
    @Module({ imports: [ConnectorsModule.forRoot(options)], controllers: [PrintingController] })
    class AppModule {}

    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    closeAfterTest(() => app.close());
    const headers = toHeaders(carried) as Record<string, string>;
    const response = await fetch(await app.getUrl(), { headers });
    expect(await response.text()).toBe('done');

    const secrets = [carried.serviceToken, carried.userToken, carried.state];
    expect(printed).toHaveLength(3);
    expect(
      secrets.filter((secret) => printed.some((text) => containsSecret(text, secret))),
    ).toEqual([]);
  });
});
