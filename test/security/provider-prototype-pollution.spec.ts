import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';
import { startByteSink } from '../support/byte-sink.js';
import { runInChild } from '../support/child-process.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import { callers } from '../provider-calls/callers.js';
import {
  json,
  type ProviderCalls,
  providerCalls,
} from '../provider-calls/provider-calls.fixture.js';

interface Result {
  readonly property: string;
  readonly when: 'before' | 'after';
  readonly way: 'fetch' | 'http' | 'bare';
  /** The status or the error. */
  readonly outcome: unknown;
  /** The arguments of polluted functions. */
  readonly seen: string;
}

it('a polluted Object.prototype sends no token to another server', async () => {
  const secret = `secret${createSecret(6).replace(/\W|_/g, 'x')}`;
  const provider = await startRecordingServer(({ path }, response) => {
    // Every request opens a new connection.
    response.shouldKeepAlive = false;
    if (path === '/v1/start') json(response, 302, {}, { Location: '/v1/end' });
    else json(response, 200, {});
  });
  const sink = await startByteSink();
  const path = join(tmpdir(), `sink-${createSecret(6)}.sock`);
  const unix = { path, ...(await startByteSink({ path })) };
  // The target of a polluted DNS lookup: the same port of another address.
  const otherHost = await startByteSink({ host: '127.0.0.2', port: provider.port });

  const results = (await runInChild(
    'provider-prototype-pollution',
    {
      url: provider.url.replace('127.0.0.1', 'localhost'),
      secret,
      sinkPort: sink.port,
      unix: unix.path,
    },
    { env: { HTTP_PROXY: sink.url, ALL_PROXY: sink.url } },
  )) as Result[];

  const elsewhere = [
    ...[sink, unix, otherHost].map((listener) => listener.received()),
    ...results.map(({ seen }) => seen),
  ].join('\n');
  const leaks = new Set(elsewhere.match(new RegExp(`${secret}_\\w+_(fetch|http|bare)`, 'g')));
  const getLeaks = (way: Result['way']): string[] =>
    [...leaks]
      .filter((leak) => leak.endsWith(`_${way}`))
      .map((leak) => leak.split('_').slice(1, -1).join(' '));
  const served = results.filter(({ outcome }) => outcome === 200);
  for (const way of ['http', 'fetch', 'bare'] as const) {
    const of = results.filter((result) => result.way === way);
    printFigure(
      `prototype pollution, ${way}: cases, responses, leaks`,
      `${of.length}, ${of.filter((one) => served.includes(one)).length}, ${getLeaks(way).join(', ') || 0}`,
    );
  }

  expect(getLeaks('http')).toEqual([]);
  // The caller of fetch cannot control how Node.js opens connections.
  const own = getLeaks('fetch').filter((leak) => !/^(socketPath|lookup) /.test(leak));
  expect(own).toEqual([]);
  expect(getLeaks('bare')).toEqual(expect.arrayContaining(getLeaks('fetch')));
  expect(served.length).toBeGreaterThan(results.length * 0.75);
  const arrived = provider.requests.map((request) => getHeader(request, 'authorization'));
  expect(arrived.filter((value) => value?.startsWith(`Bearer ${secret}_`)).length).toBeGreaterThan(
    served.length,
  );
});

it.each(callers)('a polluted subdomain does not change the target of $name', async ({ call }) => {
  const calls = await providerCalls({
    feature: ({ url }) => ({ baseURL: `${url}/{subdomain}/v1` }),
  });
  calls.base44.connect('crm', { connectionConfig: { region: 'eu' } });
  Object.defineProperty(Object.prototype, 'subdomain', { value: 'evil', configurable: true });
  closeAfterTest(() => Reflect.deleteProperty(Object.prototype, 'subdomain'));
  await expect(call(calls, '/x')).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
  expect(calls.provider.requests).toEqual([]);
});

describe('A polluted address', () => {
  /** Pollutes `Object.prototype` with the options that give a connector an address. */
  function pollute(url: string): () => void {
    const options = { baseURL: url, origins: [url], allowedOrigins: [url] };
    const remove = (): void => {
      for (const name of Object.keys(options)) Reflect.deleteProperty(Object.prototype, name);
    };
    for (const [name, value] of Object.entries(options)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
    }
    closeAfterTest(remove);
    return remove;
  }

  async function load(
    { module }: ProviderCalls,
    imports: ModuleMetadata['imports'],
  ): Promise<void> {
    @Module({ imports: imports ?? [] })
    class LazyModule {}
    await module.get(LazyModuleLoader).load(() => LazyModule);
  }

  it('is no address of a connector in the catalogue', async () => {
    const attacker = await startRecordingServer();
    const { connectors, base44 } = await providerCalls();
    pollute(attacker.url);
    for (const connector of ['salesforce', 'databricks', 'wrike']) {
      base44.connect(connector, {});
      await expect(connectors.fetch(connector, '/x')).rejects.toMatchObject({
        code: connector === 'salesforce' ? 'UNEXPECTED_RESPONSE' : 'ORIGIN_NOT_ALLOWED',
      });
    }
    expect(attacker.requests).toEqual([]);
  });

  it('is no address of a declared connector, and is not remembered', async () => {
    const attacker = await startRecordingServer();
    const calls = await providerCalls({ connector: 'erp' });
    calls.base44.connect('crm', { accessToken: calls.provider.good.values().next().value! });
    const { url } = calls.provider;
    await load(calls, [
      ConnectorsModule.forFeature([{ connector: 'crm', allowedOrigins: [url], retry: true }]),
    ]);
    const { connectors } = calls;
    const send = [
      (target: string) => connectors.fetch('crm', target),
      (target: string) => firstValueFrom(connectors.http('crm').get(target)),
    ];
    const depollute = pollute(attacker.url);
    await load(calls, []);
    for (const clean of [() => undefined, depollute]) {
      clean();
      for (const call of send) {
        await expect(call('/x')).rejects.toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
        await expect(call(`${attacker.url}/x`)).rejects.toMatchObject({
          code: 'ORIGIN_NOT_ALLOWED',
        });
        await expect(call(`${url}/x`)).resolves.toMatchObject({ status: 200 });
      }
    }
    expect(attacker.requests).toEqual([]);
  });

  it('is no reference to a connector', async () => {
    const { connectors, base44 } = await providerCalls();
    Object.defineProperty(Object.prototype, 'appUserConnector', { value: 'x', configurable: true });
    closeAfterTest(() => Reflect.deleteProperty(Object.prototype, 'appUserConnector'));
    await connectors.getConnection({ workspaceConnector: 'crm-1' }).catch(() => undefined);
    expect(base44.requests.map(({ path }) => path).join()).toContain('crm-1');
  });
});
