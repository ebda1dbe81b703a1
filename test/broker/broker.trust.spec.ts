import { createClientFromRequest } from '@base44/sdk';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { createBroker } from '../../lib/cli/broker-template/broker.js';
import { readVerifiedBody } from '../../lib/cli/broker-template/signature.js';
import { containsSecret, createSecret } from '../support/expect-no-secret.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { newSecret, type RawCall, signed, type Signing, toOrder } from './broker.fixture.js';

const MINUTE_MS = 60_000;
const HOST = 'app.example';

interface TokenResponse {
  readonly status: number;
  readonly code?: string;
  readonly access_token?: string;
}

/** The function in this process, so that a test can let headers of the caller through to it. */
describe('The broker function', () => {
  const secret = newSecret();
  let base44: Base44Emulator;
  /** The requests from which the SDK creates its clients. */
  let trusted: Request[];

  beforeEach(async () => {
    process.env.NODE_ENV = 'production';
    trusted = [];
    base44 = await Base44Emulator.start();
    base44.connect('slack', { accessToken: 'xoxb-1' });
    closeAfterTest(() => base44.close());
  });

  function deploy(secrets: Readonly<Record<string, string | undefined>> = {}) {
    const all: Readonly<Record<string, string | undefined>> = {
      CONNECTORS_BROKER_SECRET: secret,
      CONNECTORS_BROKER_ALLOW: 'slack',
      CONNECTORS_BROKER_SERVER_URL: base44.url,
      ...secrets,
    };
    const broker = createBroker({
      secret: (name) => all[name],
      connectors: (request) => {
        trusted.push(request);
        return createClientFromRequest(request).asServiceRole.connectors as never;
      },
    });
    return async (request: Request): Promise<TokenResponse> => {
      const response = await broker(request);
      return { status: response.status, ...((await response.json()) as object) };
    };
  }

  function sign(signing: Partial<Signing> = {}): RawCall {
    return signed({ host: HOST, secret, body: toOrder('integrationType', 'slack'), ...signing });
  }

  /** Adds the headers of Base44, and lets others of the caller through. */
  function toRequest(call: RawCall, headers: Record<string, string> = {}, host = HOST): Request {
    const all = new Headers({
      ...(call.headers as Record<string, string>),
      'Base44-App-Id': base44.appId,
      'Base44-Service-Authorization': `Bearer ${base44.serviceToken}`,
      ...headers,
    });
    const { method, body } = call;
    return new Request(`https://${host}${call.path}`, { method, headers: all, body });
  }

  it('sends the service token only to the server that it knows', async () => {
    const attacker = await startRecordingServer();
    const send = deploy();
    const responses = [
      await send(toRequest(sign(), { 'Base44-Api-Url': attacker.url })),
      await send(toRequest(sign(), { 'base44-api-url': `${attacker.url}, ${base44.url}` })),
    ];
    expect(responses).toMatchObject([{ access_token: 'xoxb-1' }, { access_token: 'xoxb-1' }]);
    expect(attacker.requests).toEqual([]);
  });

  it('knows the server of Base44 without a setting', async () => {
    const broker = createBroker({
      secret: (name) =>
        ({ CONNECTORS_BROKER_SECRET: secret, CONNECTORS_BROKER_ALLOW: 'slack' })[name],
      connectors: ({ headers }) => {
        const getConnection = async () => ({ accessToken: headers.get('Base44-Api-Url') });
        return { getConnection } as never;
      },
    });
    const response = await broker(toRequest(sign(), { 'Base44-Api-Url': 'https://evil.example' }));
    expect(await response.json()).toMatchObject({ access_token: 'https://base44.app' });
  });

  it('passes no other header of the caller on to the SDK', async () => {
    const more = { 'X-Data-Env': 'dev', 'Base44-State': 'state', Cookie: 'a=b', 'X-Other': 'c' };
    await deploy()(toRequest(sign(), { ...more, 'Base44-Functions-Version': 'v2' }));
    expect([...trusted[0]!.headers.keys()]).toEqual([
      'base44-api-url',
      'base44-app-id',
      'base44-service-authorization',
      'base44-state',
      'x-data-env',
    ]);
  });

  it.each(['../../x', 'app1/connectors', '%2e%2e', ''])(
    'sends nothing for the app %j, which is not an identifier',
    async (appId) => {
      const response = await deploy()(toRequest(sign(), { 'Base44-App-Id': appId }));
      expect(response).toMatchObject({ status: 500, code: 'broker_no_service_role' });
      expect(base44.requests).toEqual([]);
    },
  );

  it.each(['Base44-App-Id', 'Base44-Service-Authorization'])(
    'sends nothing for a request without %s',
    async (name) => {
      const request = toRequest(sign());
      request.headers.delete(name);
      expect(await deploy()(request)).toEqual({
        source: 'connectors-broker',
        status: 500,
        code: 'broker_no_service_role',
      });
      expect(base44.requests).toEqual([]);
    },
  );

  it('serves an app and a connector whose identifiers have one character', async () => {
    const body = toOrder('integrationType', 's');
    const send = deploy({ CONNECTORS_BROKER_ALLOW: 's' });
    await send(toRequest(sign({ body }), { 'Base44-App-Id': 'a' }));
    expect(base44.requests.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/api\/apps\/a\/.*\/s$/),
    ]);
  });

  it('serves no kind of connector that it does not know, even if it is allowed', async () => {
    const send = deploy({ CONNECTORS_BROKER_ALLOW: 'otherKind:slack' });
    const response = await send(toRequest(sign({ body: toOrder('otherKind', 'slack') })));
    expect(response).toMatchObject({ status: 400, code: 'broker_bad_request' });
    expect(base44.requests).toEqual([]);
  });

  it.each([
    [' slack,, workspaceConnector:crm1 ,', ['slack', 'workspaceConnector:crm1']],
    ['', []],
    [undefined, []],
  ])('tells what the setting %j allows', async (setting, allowed) => {
    const send = deploy({ CONNECTORS_BROKER_ALLOW: setting });
    const response = await send(toRequest(sign({ body: { operation: 'check' } })));
    expect(response).toEqual({ status: 200, ok: true, allowed });
  });

  it("repeats no text of Base44's errors", async () => {
    const echo = createSecret();
    const broker = createBroker({
      secret: (name) =>
        ({ CONNECTORS_BROKER_SECRET: secret, CONNECTORS_BROKER_ALLOW: 'slack' })[name],
      connectors: () => {
        const headers = { 'retry-after': echo, location: echo };
        const error = {
          status: 429,
          code: echo,
          data: echo,
          originalError: { response: { headers } },
        };
        return {
          getConnection: async () => Promise.reject(Object.assign(new Error(echo), error)),
        } as never;
      },
    });
    const response = await broker(toRequest(sign()));
    const shown = [await response.text(), ...[...response.headers].flat()].join(' ');
    expect(response.status).toBe(429);
    expect(containsSecret(shown, echo, base44.serviceToken)).toBe(false);
  });

  /** Returns the response to a request for which the SDK throws. */
  function respondTo(failure: unknown): Promise<Response> {
    const secrets: Readonly<Record<string, string>> = {
      CONNECTORS_BROKER_SECRET: secret,
      CONNECTORS_BROKER_ALLOW: 'slack',
    };
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the SDK might
    const getConnection = () => Promise.reject(failure);
    const connectors = () => ({ getConnection }) as never;
    return createBroker({ secret: (name) => secrets[name], connectors })(toRequest(sign()));
  }

  it.each<[unknown, number]>([
    [{ status: 400 }, 400],
    [{ status: 599 }, 599],
    [{ status: 404, data: { message: 'none' } }, 404],
    [{ status: 500, data: 'Internal Server Error' }, 500],
    [{ status: 404, data: '<html>' }, 502],
    [{ status: 399 }, 502],
    [{ status: 600 }, 502],
    [{ status: '404' }, 502],
    [{}, 502],
    [undefined, 502],
  ])('responds to the failure %j of the SDK with the status %d', async (failure, status) => {
    const response = await respondTo(failure);
    expect(response.status).toBe(status);
    expect(response.headers.get('Retry-After')).toBeNull();
    expect(await response.json()).toEqual({
      source: 'connectors-broker',
      code: 'broker_upstream_failed',
    });
  });

  it.each([
    ['7', '7'],
    ['1234567890', '1234567890'],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
    ['12345678901', null],
    ['7 or so', null],
    ['in 7', null],
    ['on Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['Wed, 21 Oct 2026 07:28:00 GMT, or so', null],
    ['Wednesday, 21 Oct 2026 07:28:00 GMT', null],
    ['Wed, 1 Oct 2026 07:28:00 GMT', null],
    ['Wed, 21 October 2026 07:28:00 GMT', null],
    ['Wed, 21 Oct 26 07:28:00 GMT', null],
    ['Wed, 21 Oct 2026 7:28:00 GMT', null],
    ['Wed, 21 Oct 2026 07:8:00 GMT', null],
    ['Wed, 21 Oct 2026 07:28:0 GMT', null],
  ])('passes the Retry-After %j on as %j', async (given, passedOn) => {
    const originalError = { response: { headers: { 'retry-after': given } } };
    const response = await respondTo({ status: 429, originalError });
    expect(response.headers.get('Retry-After')).toBe(passedOn);
  });

  it.each([{}, { response: {} }, { response: { headers: {} } }])(
    'needs no response in the failure of the SDK: %j',
    async (originalError) => {
      const response = await respondTo({ status: 503, originalError });
      expect([response.status, response.headers.get('Retry-After')]).toEqual([503, null]);
    },
  );

  it('rejects a request that is signed for another host', async () => {
    const response = await deploy()(toRequest(sign({ host: 'staging.example' })));
    expect(response).toMatchObject({ status: 401, code: 'broker_signature_invalid' });
    const replayed = await deploy()(toRequest(sign(), {}, 'staging.example'));
    expect(replayed).toMatchObject({ status: 401, code: 'broker_signature_invalid' });
    expect(base44.requests).toEqual([]);
  });

  it('accepts only the hosts of its setting, if the platform changes the host of the URL', async () => {
    const send = deploy({ CONNECTORS_BROKER_HOSTS: 'App.Example, base44.example:8443' });
    const at = (host: string, seen: string) => send(toRequest(sign({ host }), {}, seen));
    expect(await at(HOST, 'inner.example')).toMatchObject({ access_token: 'xoxb-1' });
    expect(await at('base44.example:8443', 'x')).toMatchObject({ access_token: 'xoxb-1' });
    expect(await at('inner.example', 'inner.example')).toMatchObject({ status: 401 });
  });

  it('accepts a body of 1 MiB, and no larger one', async () => {
    const text = JSON.stringify(toOrder('integrationType', 'slack'));
    const responses = [1_048_576, 1_048_577].map((bytes) =>
      deploy()(toRequest(sign({ body: text.padEnd(bytes) }))),
    );
    expect(await Promise.all(responses)).toMatchObject([
      { status: 200, access_token: 'xoxb-1' },
      { status: 413, code: 'broker_body_too_large' },
    ]);
  });

  it('forgets nonces once their requests are too old anyway', async () => {
    const nonces = new Map<string, number>();
    const now = Date.now();
    const clock = import.meta.jest.spyOn(Date, 'now').mockReturnValue(now);
    closeAfterTest(() => {
      clock.mockRestore();
    });
    const secrets: Readonly<Record<string, string>> = { CONNECTORS_BROKER_SECRET: secret };
    const verify = () => readVerifiedBody(toRequest(sign()), (name) => secrets[name], nonces);
    await verify();
    await verify();
    expect(nonces.size).toBe(2);
    clock.mockReturnValue(now + 11 * MINUTE_MS);
    await verify();
    expect(nonces.size).toBe(1);
  });

  it('refuses a replay for as long as a request that is dated ahead is valid', async () => {
    const send = deploy();
    const now = Date.now();
    const clock = import.meta.jest.spyOn(Date, 'now').mockReturnValue(now);
    closeAfterTest(() => {
      clock.mockRestore();
    });
    const call = sign({ timestamp: now + 5 * MINUTE_MS });
    expect(await send(toRequest(call))).toMatchObject({ access_token: 'xoxb-1' });
    for (const minutes of [1, 5.1, 9.9, 10]) {
      clock.mockReturnValue(now + minutes * MINUTE_MS);
      expect(await send(toRequest(call))).toMatchObject({ status: 401, code: 'broker_replayed' });
    }
    clock.mockReturnValue(now + 10 * MINUTE_MS + 1);
    expect(await send(toRequest(call))).toMatchObject({ code: 'broker_clock_skew' });
    expect(base44.requests).toHaveLength(1);
  });
});
