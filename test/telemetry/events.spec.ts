import { Injectable, type Provider, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { filter } from 'rxjs';
import {
  type ConnectorEvent,
  ConnectorReauthorizationRequiredError,
  ConnectorsConfigurationError,
  ConnectorsModule,
  ConnectorsService,
  OnConnectorEvent,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { goodToken, providerCalls } from '../provider-calls/provider-calls.fixture.js';
import { catchError, type Outcome, settle, waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { startRecordingServer } from '../support/recording-server.js';
import { status, token } from '../support/token-server.js';
import { toOptions } from '../support/to-options.js';

const ignore = () => undefined;
const SILENT = { log: ignore, warn: ignore, error: ignore };

/** Collects the types of the events of a connector, or of Base44. */
function collect({ events$ }: ConnectorsService): string[] {
  const types: string[] = [];
  events$.subscribe(({ type }) => types.push(type));
  return types;
}

describe('connectors.events$', () => {
  const app = ConnectorsFixture.forEachTest();

  it('emits one event for each transition, however many callers see it', async () => {
    const connectors = await app.boot();
    const types = collect(connectors);
    app.server.respond = token('token-1');
    await Promise.all(Array.from({ length: 100 }, () => app.getToken()));
    await connectors.invalidate();
    app.server.respond = status(404);
    await Promise.all(Array.from({ length: 100 }, () => catchError(app.getToken())));
    app.clock.advance(10_000);
    await catchError(app.getToken());
    app.clock.advance(10_000);
    app.server.respond = token('token-2');
    await app.getToken();
    expect(types).toEqual(['connected', 'not_connected', 'connected']);
  });

  it('describes the transition, and freezes it', async () => {
    const connectors = await app.boot();
    const events: ConnectorEvent[] = [];
    connectors.events$.subscribe((event) => events.push(event));
    app.server.respond = status(404);
    await catchError(app.getToken());
    expect(events).toEqual([
      {
        type: 'not_connected',
        at: expect.any(Date) as Date,
        instance: undefined,
        connector: 'slack',
        kind: 'integrationType',
        previousState: 'unknown',
        errorCode: 'CONNECTOR_NOT_CONNECTED',
      },
    ]);
    expect(Object.isFrozen(events[0])).toBe(true);
  });

  it('emits when the breaker opens, and when it closes', async () => {
    const connectors = await app.boot({
      resilience: { retries: 0, breaker: { failureThreshold: 2, halfOpenAfterMs: 1 } },
    });
    const types = collect(connectors);
    app.server.respond = status(503);
    for (let call = 0; call < 6; call += 1) await catchError(app.getToken(`slack-${call}`));
    app.server.respond = token('token-1');
    await waitFor(async () => 'value' in (await settled(app.getToken('gmail'))));
    expect(types).toEqual(['base44_unavailable', 'base44_available', 'connected']);
  });

  it('logs the error of a listener, and calls the other listeners', async () => {
    const connectors = await app.boot();
    const types: string[] = [];
    const lines: unknown[] = [];
    app.module?.useLogger({
      log: () => undefined,
      warn: () => undefined,
      error: (...line: unknown[]) => lines.push(line),
    });
    const fail = () => {
      throw new Error('the mail server is down');
    };
    connectors.events$.subscribe(fail);
    const reject = (): unknown => Promise.reject(new Error('rejected'));
    connectors.events$.subscribe((event) => reject.call(event));
    connectors.events$.pipe(filter(({ type }) => type === 'connected')).subscribe(fail);
    connectors.events$.pipe(filter(fail)).subscribe();
    connectors.events$.subscribe(({ type }) => types.push(type));
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
    await waitFor(() => lines.length === 4);
    expect(types).toEqual(['connected']);
    expect(String(lines)).toContain('the mail server is down');
  });

  it('lets a listener invalidate the connection of its event', async () => {
    const connectors = await app.boot();
    const invalidate = (): unknown => connectors.invalidate('slack');
    connectors.events$.subscribe(() => invalidate());
    app.server.respond = status(404);
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('ignores the late response to a lookup that was invalidated', async () => {
    const connectors = await app.boot();
    const types = collect(connectors);
    const held = app.server.hold();
    const call = catchError(connectors.fetch('slack', '/chat.postMessage'));
    await waitFor(() => held.length === 1);
    await connectors.invalidate('slack');
    app.server.respond = token('token-1');
    await app.getToken();
    for (const response of held) status(404)(response);
    await call;
    expect(types).toEqual(['connected']);
  });

  it('ignores the late connection of a lookup that was invalidated', async () => {
    const connectors = await app.boot();
    const types = collect(connectors);
    const held = app.server.hold();
    const late = app.getToken();
    await waitFor(() => held.length === 1);
    await connectors.invalidate('slack');
    app.server.respond = status(404);
    await catchError(app.getToken());
    for (const response of held) token('token-1')(response);
    await expect(late).resolves.toBe('token-1');
    expect(types).toEqual(['not_connected']);
  });

  it('ignores the reason of an abort, which may be the error of another connector', async () => {
    const connectors = await app.boot();
    const types = collect(connectors);
    const details = { appId: 'app1', connector: 'gmail', kind: 'integrationType' } as const;
    const reason = new ConnectorReauthorizationRequiredError(details, 401);
    const signal = AbortSignal.abort(reason);
    await expect(connectors.fetch('slack', '/api.test', { signal })).rejects.toBe(reason);
    expect(types).toEqual([]);
  });

  it('completes when the application closes', async () => {
    const connectors = await app.boot();
    let isComplete = false;
    connectors.events$.subscribe({ complete: () => (isComplete = true) });
    await app.module?.close();
    expect(isComplete).toBe(true);
  });
});

describe('When a provider rejects tokens', () => {
  it.each(['fetch', 'http'] as const)(
    'connectors.%s emits once, and once more when the provider accepts a token again',
    async (way) => {
      const { base44, provider, connectors, http } = await providerCalls();
      const types = collect(connectors);
      const call = () =>
        way === 'fetch' ? connectors.fetch('crm', '/contacts') : http.axiosRef.get('/contacts');
      await call();
      provider.good.clear();
      for (let attempt = 0; attempt < 3; attempt += 1) await catchError(call());
      base44.connect('crm', { accessToken: goodToken(provider) });
      await connectors.invalidate('crm');
      await call();
      expect(types).toEqual(['connected', 'reauthorization_required', 'recovered']);
    },
  );

  it.each([
    ['an outage', 503],
    ['a rate limit', 429],
    ['a missing permission', 403],
    ['a redirect to a page for signing in', 302],
  ])('%s is no recovery', async (_, code) => {
    const login = await startRecordingServer((_request, response) => response.end('Sign in'));
    let respondWith = 200;
    const { provider, connectors } = await providerCalls({
      respond: (_request, response) =>
        response.writeHead(respondWith, { Location: `${login.url}/login` }).end(),
    });
    const types = collect(connectors);
    const call = () => connectors.fetch('crm', '/contacts');
    await call();
    const tokens = [...provider.good];
    provider.good.clear();
    await catchError(call());
    tokens.forEach((one) => provider.good.add(one));
    respondWith = code;
    await call();
    expect(types).toEqual(['connected', 'reauthorization_required']);
    respondWith = 200;
    await call();
    expect(types).toEqual(['connected', 'reauthorization_required', 'recovered']);
  });

  it('a renewed token is no recovery while the provider rejects it too', async () => {
    const { base44, provider, connectors, clock } = await providerCalls();
    const types = collect(connectors);
    await connectors.fetch('crm', '/contacts');
    provider.good.clear();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      base44.connect('crm');
      await catchError(connectors.fetch('crm', '/contacts'));
      clock.skip(10_000);
    }
    expect(provider.requests.length).toBeGreaterThan(4);
    expect(types).toEqual(['connected', 'reauthorization_required']);
  });

  it('another token of Base44 is a recovery for callers that only get tokens', async () => {
    const { base44, provider, connectors, clock } = await providerCalls();
    const types = collect(connectors);
    provider.good.clear();
    await catchError(connectors.fetch('crm', '/contacts'));
    base44.connect('crm');
    clock.skip(61_000);
    await connectors.getConnection('crm');
    expect(types).toEqual(['connected', 'reauthorization_required', 'recovered']);
  });

  it('a listener does not act for the user whose call caused the event', async () => {
    const { base44, provider, connectors } = await providerCalls();
    const calendar = { appUserConnector: 'calendar1' };
    const ada = base44.addAppUser('ada');
    base44.connect(calendar, {}, ada);
    provider.good.clear();
    const outcomes: Promise<Outcome>[] = [];
    connectors.events$.subscribe(({ type }) => {
      if (type === 'reauthorization_required') {
        outcomes.push(settle(() => connectors.getConnection(calendar)));
      }
    });
    await connectors.runAs({ userToken: ada.token }, async () => {
      await expect(connectors.getConnection(calendar)).resolves.toBeDefined();
      await catchError(connectors.fetch('crm', '/contacts'));
    });
    expect(await Promise.all(outcomes)).toMatchObject([{ error: { code: 'APP_USER_REQUIRED' } }]);
  });

  it('a user has the same events, and no others', async () => {
    const { base44, provider, connectors } = await providerCalls({
      connector: { appUserConnector: 'crm1' },
    });
    const types = collect(connectors);
    const ada = base44.addAppUser('ada');
    base44.connect({ appUserConnector: 'crm1' }, { accessToken: goodToken(provider) }, ada);
    const user = connectors.asAppUser(ada.token);
    const call = () => user.fetch({ appUserConnector: 'crm1' }, '/contacts');
    await call();
    provider.good.clear();
    await catchError(call());
    base44.connect({ appUserConnector: 'crm1' }, { accessToken: goodToken(provider) }, ada);
    await user.invalidate({ appUserConnector: 'crm1' });
    await call();
    base44.disconnect({ appUserConnector: 'crm1' }, ada);
    await user.invalidate({ appUserConnector: 'crm1' });
    await catchError(call());
    expect(types).toEqual(['reauthorization_required', 'recovered']);
  });

  it('each user has events of their own', async () => {
    const connector = { appUserConnector: 'crm1' };
    const { base44, provider, connectors } = await providerCalls({ connector });
    const types = collect(connectors);
    for (const id of ['ada', 'grace']) {
      const user = base44.addAppUser(id);
      base44.connect(connector, { accessToken: `revoked-token-of-${id}` }, user);
      await catchError(connectors.asAppUser(user.token).fetch(connector, '/contacts'));
    }
    expect(provider.requests).toHaveLength(2);
    expect(types).toEqual(['reauthorization_required', 'reauthorization_required']);
  });

  it('a shared connection has the same event for all users', async () => {
    const { base44, provider, connectors } = await providerCalls();
    const types = collect(connectors);
    base44.connect('crm', { accessToken: 'revoked-token' });
    for (const id of ['ada', 'grace']) {
      const { token: userToken } = base44.addAppUser(id);
      await catchError(connectors.asAppUser(userToken).fetch('crm', '/contacts'));
    }
    expect(provider.requests).toHaveLength(2);
    expect(types).toEqual(['connected', 'reauthorization_required']);
  });
});

const received: string[] = [];

@Injectable()
class Alerts {
  @OnConnectorEvent('not_connected')
  onNotConnected({ connector }: ConnectorEvent): void {
    received.push(`not_connected ${String(connector)}`);
  }

  @OnConnectorEvent('connected')
  @OnConnectorEvent('recovered')
  async onWorking({ type }: ConnectorEvent): Promise<void> {
    received.push(type);
    await Promise.reject(new Error('no mail'));
  }

  @OnConnectorEvent('connected', { instance: 'crm' })
  onCrm(): void {
    received.push('crm');
  }
}

@Injectable()
class Holder {
  constructor(readonly connectors: ConnectorsService) {}
}

@Injectable({ scope: Scope.REQUEST })
class RequestScoped {
  @OnConnectorEvent('connected')
  onConnected(): void {
    received.push('request-scoped');
  }
}

describe('@OnConnectorEvent()', () => {
  async function start(...providers: Provider[]) {
    received.length = 0;
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forRoot({ ...toOptions(base44), name: 'crm' }),
      ],
      providers: [...providers, Holder],
    })
      .setLogger(SILENT)
      .compile();
    closeAfterTest(() => module.close());
    await module.init();
    return { base44, connectors: module.get(Holder).connectors };
  }

  it('calls the methods of its type and instance', async () => {
    const { base44, connectors } = await start(Alerts);
    await catchError(connectors.getConnection('slack'));
    base44.connect('gmail');
    await connectors.getConnection('gmail');
    expect(received).toEqual(['not_connected slack', 'connected']);
  });

  it('calls a method once for an object with several tokens', async () => {
    const { connectors } = await start(Alerts, {
      provide: 'ALERTS',
      useFactory: (alerts: Alerts) => alerts,
      inject: [Alerts],
    });
    await catchError(connectors.getConnection('slack'));
    expect(received).toEqual(['not_connected slack']);
  });

  it('fails startup on a class that is no singleton', async () => {
    const error = await catchError(start(RequestScoped));
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect(error.message).toContain('RequestScoped.onConnected');
  });

  it('fails on an unknown type where it is applied', () => {
    expect(() => {
      class Wrong {
        @OnConnectorEvent('disconnected' as 'connected')
        on(): void {
          received.push('wrong');
        }
      }
      return Wrong;
    }).toThrow('@OnConnectorEvent() on Wrong.on has an unknown type');
  });
});

describe('The log', () => {
  it('is limited for connectors whose ids the clients of the application choose', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const lines: unknown[] = [];
    const write = (line: unknown) => lines.push(line);
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
    })
      .setLogger({ log: write, warn: write, error: write })
      .compile();
    closeAfterTest(() => module.close());
    const connectors = module.get(ConnectorsService);
    lines.length = 0;
    for (let id = 0; id < 60; id += 1) {
      await catchError(connectors.getWorkspaceConnection(`id${id}`));
    }
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe(
      'More connectors are not connected. They are not logged for a minute.',
    );
  });

  it('has a line for each transition of an outage, and none for each request', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const lines: unknown[] = [];
    const write = (line: unknown) => lines.push(line);
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), resilience: { retries: 0 } })],
    })
      .setLogger({ log: write, warn: write, error: write })
      .compile();
    closeAfterTest(() => module.close());
    const connectors = module.get(ConnectorsService);
    lines.length = 0;
    base44.fault({ respond: faults.status(503), times: Infinity });
    for (let call = 0; call < 1_000; call += 1) {
      await catchError(connectors.getConnection(`slack-${call % 50}`));
    }
    expect(lines).toEqual([
      'Base44 is unavailable. Cached connections are served while they are usable.',
    ]);
  });
});

async function settled<T>(promise: Promise<T>): Promise<object> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
