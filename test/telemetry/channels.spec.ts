import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupMessage } from 'nestjs-base44-connectors';
import { faults } from 'nestjs-base44-connectors/testing';
import { goodToken, providerCalls } from '../provider-calls/provider-calls.fixture.js';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { containsSecret } from '../support/expect-no-secret.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { hang, status, token } from '../support/token-server.js';

const NAMES = ['lookup', 'request:start', 'request', 'call:start', 'call', 'connection'];

/** Collects the messages of all channels, with the last part of the channel's name. */
function collect(): [string, object][] {
  const messages: [string, object][] = [];
  for (const name of NAMES) {
    const full = `nestjs-base44-connectors:${name}`;
    const listener = (message: unknown) => messages.push([name, message as object]);
    subscribe(full, listener);
    closeAfterTest(() => unsubscribe(full, listener));
  }
  return messages;
}

describe('The channels of node:diagnostics_channel', () => {
  it('tell the way of a call in order', async () => {
    const { connectors } = await providerCalls();
    const messages = collect();
    await connectors.fetch('crm', '/contacts', { method: 'post', body: 'x' });
    const common = { instance: undefined, connector: 'crm', kind: 'integrationType' };
    const durationMs = expect.any(Number) as number;
    expect(messages).toEqual([
      ['call:start', { ...common, method: 'POST' }],
      ['request:start', { ...common, operation: 'getConnection' }],
      ['request', { ...common, operation: 'getConnection', attempts: 1, durationMs }],
      ['connection', expect.objectContaining({ type: 'connected', connector: 'crm' })],
      ['lookup', { ...common, result: 'miss' }],
      ['call', { ...common, method: 'POST', status: 200, durationMs }],
    ]);
    expect(messages.every(([, message]) => Object.isFrozen(message))).toBe(true);
  });

  it('report the requests that connect and disconnect accounts of users', async () => {
    const { base44, connectors } = await providerCalls();
    const messages = collect();
    const ada = base44.addAppUser('ada');
    base44.connect({ appUserConnector: 'crm1' }, {}, ada);
    await connectors.asAppUser(ada.token).connectAppUser('crm1');
    await connectors.asAppUser(ada.token).disconnectAppUser('crm1');
    const common = { connector: 'crm1', kind: 'appUserConnector' };
    expect(messages.filter(([name]) => name === 'request:start')).toMatchObject(
      ['connectAppUser', 'disconnectAppUser'].map((operation) => [
        'request:start',
        { ...common, operation },
      ]),
    );
  });

  it('contain no token, URL or user', async () => {
    const { base44, provider, connectors } = await providerCalls();
    const messages = collect();
    const { token: user } = base44.addAppUser('ada');
    const accessToken = goodToken(provider);
    base44.connect('crm', { accessToken });
    await connectors.asAppUser(user).fetch('crm', '/contacts?secret=in-the-url');
    provider.good.clear();
    await catchError(connectors.asAppUser(user).fetch('crm', '/contacts'));
    base44.fault({ respond: faults.status(503), times: Infinity });
    await catchError(connectors.getConnection('gmail'));
    expect(messages.length).toBeGreaterThan(10);
    const text = JSON.stringify(messages);
    expect(containsSecret(text, accessToken, user, base44.serviceToken, provider.url)).toBe(false);
    expect(text).not.toContain('in-the-url');
  });

  it('run the call within the stores that are bound to its start', async () => {
    const { connectors } = await providerCalls();
    const spans = new AsyncLocalStorage<string>();
    const parents: (string | undefined)[] = [];
    for (const name of ['call', 'request']) {
      const start = channel(`nestjs-base44-connectors:${name}:start`);
      start.bindStore(spans, () => {
        parents.push(spans.getStore());
        return name;
      });
      closeAfterTest(() => start.unbindStore(spans));
    }
    await connectors.fetch('crm', '/contacts');
    expect(parents).toEqual([undefined, 'call']);
  });
});

describe('The channel of lookups', () => {
  const app = ConnectorsFixture.forEachTest();

  /** Collects the results of lookups. */
  const results = (): string[] => {
    const seen: string[] = [];
    const listener = (message: unknown) => {
      const { result, errorType } = message as LookupMessage;
      seen.push(errorType === undefined ? result : `${result} ${errorType}`);
    };
    subscribe('nestjs-base44-connectors:lookup', listener);
    closeAfterTest(() => unsubscribe('nestjs-base44-connectors:lookup', listener));
    return seen;
  };

  it('tells hits, misses, shared requests and stale connections', async () => {
    await app.boot({ resilience: { retries: 0, breaker: false } });
    const seen = results();
    app.server.respond = token('token-1');
    await Promise.all([app.getToken(), app.getToken()]);
    await app.getToken();
    app.clock.advance(61_000);
    app.server.respond = status(503);
    await app.getToken();
    expect(seen.sort()).toEqual(['coalesced', 'hit', 'miss', 'stale']);
  });

  it('tells failures by code, and aborts of callers', async () => {
    await app.boot({ resilience: { retries: 0, breaker: false } });
    const seen = results();
    app.server.respond = status(404);
    await catchError(app.getToken());
    await catchError(app.getToken());
    app.server.respond = hang;
    const controller = new AbortController();
    const call = app.connectors.getConnection('gmail', { signal: controller.signal });
    controller.abort();
    await catchError(call);
    await catchError(app.connectors.getConnection('drive', { signal: AbortSignal.timeout(20) }));
    expect(seen).toEqual([
      'miss CONNECTOR_NOT_CONNECTED',
      'hit CONNECTOR_NOT_CONNECTED',
      'miss ABORTED',
      'miss ABORTED',
    ]);
  });
});
