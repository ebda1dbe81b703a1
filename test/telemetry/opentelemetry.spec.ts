import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { callChannels, lookupChannel, requestChannels } from '../../lib/telemetry/channels.js';
import { catchError, waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { status, token, TokenServer } from '../support/token-server.js';
import { InMemorySdk } from './in-memory-sdk.js';
import { startTracedApp } from './opentelemetry.fixture.js';

let server: TokenServer;

beforeEach(async () => {
  server = await TokenServer.start();
});
afterEach(() => server.close());

describe('A span', () => {
  it('is internal and describes a request to Base44', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server, { resilience: { retries: 1 } });
    server.script.push(status(503));
    await connectors.getConnection('slack');
    const span = sdk.getSpan('connectors.request slack');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).toEqual({
      'base44.connectors.connector': 'slack',
      'base44.connectors.kind': 'integrationType',
      'base44.connectors.operation': 'getConnection',
      'base44.connectors.attempts': 2,
    });
    expect(span.instrumentationScope.name).toBe('nestjs-base44-connectors');
  });

  it('describes a request to a provider', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    server.script.push(token('token-1'), status(404));
    await connectors.fetch('crm', '/leads', { method: 'POST', body: '{}' });
    const span = sdk.getSpan('connectors.call crm');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).toEqual({
      'base44.connectors.connector': 'crm',
      'base44.connectors.kind': 'integrationType',
      'http.request.method': 'POST',
      'http.response.status_code': 404,
    });
  });

  it('of a failure has the code of the error', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    server.respond = status(404);
    await catchError(connectors.fetch('crm', '/leads'));
    for (const name of ['connectors.request crm', 'connectors.call crm']) {
      const { attributes, status: ended } = sdk.getSpan(name);
      expect(ended).toEqual({ code: SpanStatusCode.ERROR });
      expect(attributes).toMatchObject({ 'error.type': 'CONNECTOR_NOT_CONNECTED' });
    }
  });

  it('ends without a context manager too', async () => {
    const sdk = InMemorySdk.register({ hasContextManager: false });
    const { connectors } = await startTracedApp(server);
    await Promise.all(['slack', 'github'].map((name) => connectors.getConnection(name)));
    expect(sdk.getSpan('connectors.request slack').attributes).toMatchObject({
      'base44.connectors.connector': 'slack',
    });
    expect(sdk.getSpan('connectors.request github').attributes).toMatchObject({
      'base44.connectors.connector': 'github',
    });
  });
});

describe('The metrics', () => {
  it('count lookups by their results', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    for (let call = 0; call < 3; call += 1) await connectors.getConnection('slack');
    server.respond = status(404);
    await catchError(connectors.getConnection('github'));
    const { 'base44.connectors.lookups': lookups } = await sdk.collect();
    expect(lookups?.map(({ attributes, value }) => ({ attributes, value }))).toEqual([
      { attributes: lookup('slack', 'miss'), value: 1 },
      { attributes: lookup('slack', 'hit'), value: 2 },
      {
        attributes: { ...lookup('github', 'miss'), 'error.type': 'CONNECTOR_NOT_CONNECTED' },
        value: 1,
      },
    ]);
  });

  it('measure requests in seconds, with the boundaries of HTTP', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    await connectors.fetch('crm', '/leads');
    const collected = await sdk.collectMetrics();
    const durations = collected.filter(({ descriptor }) => descriptor.unit === 's');
    expect(durations.map(({ descriptor }) => descriptor.name)).toEqual([
      'base44.connectors.request.duration',
      'base44.connectors.call.duration',
    ]);
    for (const { dataPoints } of durations) {
      expect(dataPoints).toHaveLength(1);
      const { sum, buckets } = dataPoints[0]!.value as Histogram;
      expect(sum).toBeGreaterThan(0);
      // The limit of a test: milliseconds would exceed it.
      expect(sum).toBeLessThan(120);
      expect(buckets.boundaries).toEqual([
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
      ]);
    }
    expect(durations.map(({ dataPoints }) => dataPoints[0]!.attributes)).toEqual([
      {
        'base44.connectors.connector': 'crm',
        'base44.connectors.kind': 'integrationType',
        'base44.connectors.operation': 'getConnection',
      },
      {
        'base44.connectors.connector': 'crm',
        'base44.connectors.kind': 'integrationType',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
      },
    ]);
  });

  it('count the events that need a person', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    await connectors.getConnection('crm');
    server.script.push(status(401));
    await catchError(connectors.fetch('crm', '/leads'));
    const { 'base44.connectors.events': events } = await sdk.collect();
    expect(
      events?.map(({ attributes, value }) => [attributes['base44.connectors.event'], value]),
    ).toEqual([
      ['connected', 1],
      ['reauthorization_required', 1],
    ]);
    expect(events?.at(-1)?.attributes).toMatchObject({
      'base44.connectors.connector': 'crm',
      'error.type': 'CONNECTOR_REAUTHORIZATION_REQUIRED',
    });
  });

  it('name the instance', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server, {}, 'sales');
    await connectors.fetch('crm', '/leads');
    const collected = Object.values(await sdk.collect()).flat();
    const instances = collected.map(({ attributes }) => attributes['base44.connectors.instance']);
    expect(instances).toEqual(Array(4).fill('sales'));
  });
});

describe('Registered by several applications of a process', () => {
  it('it reports an operation once, until the last one closes', async () => {
    const sdk = InMemorySdk.register();
    const first = await startTracedApp(server);
    const second = await startTracedApp(server);
    await first.connectors.getConnection('slack');
    expect(await countLookups(sdk)).toBe(1);
    expect(sdk.spans.filter(({ name }) => name === 'connectors.request slack')).toHaveLength(1);

    await first.module.close();
    await first.module.close();
    await second.connectors.getConnection('slack');
    expect(await countLookups(sdk)).toBe(2);

    await second.module.close();
    expect(hasSubscribers()).toBe(false);
  });
});

describe('Without a registered SDK', () => {
  it('it reports nothing, and later reports to the SDK that is registered', async () => {
    const { connectors } = await startTracedApp(server);
    await connectors.fetch('crm', '/leads');
    const sdk = InMemorySdk.register();
    await connectors.fetch('crm', '/leads');
    expect(await countLookups(sdk)).toBe(1);
    expect(sdk.getSpan('connectors.call crm')).toBeDefined();
    expect(sdk.diagnosed).toEqual([]);
  });
});

describe('An operation', () => {
  it('that started before the subscription ends no span of another library', async () => {
    InMemorySdk.register();
    // Without a subscriber, the end of the operation is not published.
    const observer = (): void => undefined;
    subscribe(requestChannels.end.name, observer);
    closeAfterTest(() => unsubscribe(requestChannels.end.name, observer));
    const held = server.hold();
    const connectors = await createConnectors({
      serverUrl: server.url,
      serviceToken: 'service-token',
    });
    const foreign = trace.getTracer('foreign').startSpan('foreign');
    const inForeignSpan = trace.setSpan(context.active(), foreign);
    const connection = context.with(inForeignSpan, () => connectors.getConnection('slack'));
    await waitFor(() => held.length === 1);
    await startTracedApp(server);
    token('token-1')(held[0]!);
    await connection;
    expect(foreign.isRecording()).toBe(true);
  });

  it('in progress at the shutdown is reported when it ends', async () => {
    const sdk = InMemorySdk.register();
    const held = server.hold();
    const { connectors, module } = await startTracedApp(server);
    const connection = connectors.getConnection('slack');
    await waitFor(() => held.length === 1);
    const closed = module.close();
    token('token-1')(held[0]!);
    await Promise.all([connection, closed]);
    expect(sdk.getSpan('connectors.request slack').ended).toBe(true);
    expect(hasSubscribers()).toBe(false);
  });

  it('succeeds although the SDK throws, and the error is diagnosed', async () => {
    const sdk = InMemorySdk.register();
    const { connectors } = await startTracedApp(server);
    const broken = new Error('a broken SDK');
    const fail = (): never => {
      throw broken;
    };
    trace.disable();
    metrics.disable();
    trace.setGlobalTracerProvider({ getTracer: fail });
    metrics.setGlobalMeterProvider({ getMeter: fail });
    await expect(connectors.fetch('crm', '/leads')).resolves.toMatchObject({ status: 200 });
    const errors = new Set(sdk.diagnosed.map(([, error]) => error));
    expect([...errors]).toEqual([broken]);
  });
});

interface Histogram {
  readonly sum: number;
  readonly buckets: { readonly boundaries: number[] };
}

function lookup(connector: string, result: string): object {
  return {
    'base44.connectors.connector': connector,
    'base44.connectors.kind': 'integrationType',
    'base44.connectors.result': result,
  };
}

async function countLookups(sdk: InMemorySdk): Promise<number> {
  const { 'base44.connectors.lookups': lookups = [] } = await sdk.collect();
  return lookups.reduce((sum, { value }) => sum + (value as number), 0);
}

function hasSubscribers(): boolean {
  const { start, end } = requestChannels;
  const channels = [lookupChannel, start, end, callChannels.start, callChannels.end];
  return channels.some((each) => each.hasSubscribers);
}
