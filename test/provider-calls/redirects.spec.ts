import { Agent } from 'node:https';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';
import { callers } from './callers.js';
import { goodToken, json, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';
import { type Hop, createPath, RedirectingServers } from './redirects.fixture.js';

const TOKEN = 'access-token-for-redirects';
const CHAINS = scaled(500, 100);

/** Starts an application whose connector is one of two servers that redirect to each other. */
async function redirecting(): Promise<ProviderCalls & { readonly servers: RedirectingServers }> {
  const servers = await RedirectingServers.start();
  const calls = await providerCalls({ feature: () => ({ baseURL: servers.provider.url }) });
  calls.base44.connect('crm', { accessToken: TOKEN });
  await calls.connectors.invalidate('crm');
  return { ...calls, servers };
}

describe.each(callers)('A redirect of a call by $name', ({ call }) => {
  it('within the origin keeps the token', async () => {
    const calls = await redirecting();
    const path = createPath([{ status: 301, to: 'provider', isRelative: true }]);
    const { text } = await call(calls, path);
    expect(JSON.parse(text)).toMatchObject({ at: 'provider', authorization: `Bearer ${TOKEN}` });
  });

  it('to another origin is followed without the token', async () => {
    const calls = await redirecting();
    const { text } = await call(calls, createPath([{ status: 302, to: 'other' }]));
    expect(JSON.parse(text)).toMatchObject({ at: 'other', authorization: null });
  });

  it('back from another origin does not get the token again', async () => {
    const calls = await redirecting();
    const path = createPath([
      { status: 302, to: 'other' },
      { status: 302, to: 'provider' },
    ]);
    const { text } = await call(calls, path);
    expect(JSON.parse(text)).toMatchObject({ at: 'provider', authorization: null });
  });

  it('sends no cookie and no other credential of the call to another origin', async () => {
    const calls = await redirecting();
    const headers = {
      Cookie: 'session=1',
      'Proxy-Authorization': 'Basic abc',
    };
    const kept = {
      'X-Authorization': '1',
      'Authorization-Id': '2',
      'Proxy-Authorization-Id': '3',
      'X-Cookie': '4',
      'Cookie-Id': '5',
    };
    const { text } = await call(calls, createPath([{ status: 307, to: 'other' }]), {
      headers: { ...headers, ...kept },
    });
    expect(JSON.parse(text)).toMatchObject({ cookie: null, 'proxy-authorization': null });
    const [request] = calls.servers.other.requests;
    for (const [name, value] of Object.entries(kept)) {
      expect(getHeader(request!, name.toLowerCase())).toBe(value);
    }
  });

  it('to another origin that responds with 401 does not reject the token', async () => {
    for (const stopover of [undefined, '/y']) {
      const calls = await providerCalls({
        respond: (_, response) => {
          json(response, 302, {}, { Location: `${other.url}/x` });
        },
      });
      const other = await startRecordingServer(({ path }, response) => {
        if (path === '/x' && stopover) json(response, 302, {}, { Location: stopover });
        else json(response, 401, { error: 'not for you' });
      });

      const answer = await call(calls, '/x');

      expect(answer).toEqual({ status: 401, text: '{"error":"not for you"}' });
      expect(other.requests.map((request) => getHeader(request, 'authorization'))).toEqual(
        stopover ? [undefined, undefined] : [undefined],
      );
      expect(calls.base44.requests).toHaveLength(1);
    }
  });

  it('through another origin back to one that responds with 401 does not reject the token either', async () => {
    const calls = await providerCalls({
      respond: (_, response) => {
        json(response, 302, {}, { Location: `${other.url}/x` });
      },
    });
    const other = await startRecordingServer((_, response) => {
      json(response, 302, {}, { Location: `${calls.provider.url}/back` });
    });

    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 401 });
    expect(calls.provider.requests.map(({ path }) => path)).toEqual(['/v1/x', '/back']);
    expect(calls.base44.requests).toHaveLength(1);
  });

  it.each([
    ['plain http on another host', 'http://192.0.2.1/x'],
    ['plain http on a host of that name', 'http://crm.example/x'],
    ['another scheme on this host', 'ftp://127.0.0.1/x'],
    ['a URL with a user name', 'https://user@crm.example/x'],
    ['a URL with a password', 'https://:password@crm.example/x'],
  ])('to %s is not followed', async (_, location) => {
    const calls = await providerCalls({
      respond: (_request, response) => {
        json(response, 302, {}, { Location: location });
      },
    });
    await expect(call(calls, '/x')).rejects.toMatchObject({
      code: 'ORIGIN_NOT_ALLOWED',
      connector: 'crm',
      message:
        "The provider of connector 'crm' redirects to plain http, or to a URL with a user name or " +
        'password. The request is not sent there. If you trust the target, call its URL directly.',
    });
  });

  it('in a circle ends', async () => {
    const calls = await providerCalls({
      respond: (_, response) => {
        json(response, 302, {}, { Location: '/v1/x' });
      },
    });
    await expect(call(calls, '/x')).rejects.toThrow(/fetch failed|redirects/);
    expect(calls.provider.requests.length).toBeLessThanOrEqual(22);
  });
});

describe('Redirects of connectors.fetch', () => {
  it('with a stream that fetch would have to send again fail', async () => {
    const { connectors } = await redirecting();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('once'));
        controller.close();
      },
    });
    const path = createPath([{ status: 307, to: 'provider' }]);
    const init = { method: 'POST', body, duplex: 'half' } as const;
    await expect(connectors.fetch('crm', path, init)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { message: 'a stream cannot be sent again' },
    });
  });

  it.each([
    ['/x', 'redirect count exceeded'],
    ['http://[', 'invalid redirect URL'],
  ])('to %s fail as those of fetch', async (location, reason) => {
    const { connectors } = await providerCalls({
      respond: (_, response) => {
        json(response, 302, {}, { Location: location });
      },
    });
    await expect(connectors.fetch('crm', '/x')).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { message: reason },
    });
  });

  it('remove the headers of a body together with it', async () => {
    const { connectors } = await redirecting();
    const init = {
      method: 'POST',
      headers: { ...BODY_HEADERS, 'Content-Length': '4' },
      body: 'text',
    };
    const response = await connectors.fetch(
      'crm',
      createPath([{ status: 303, to: 'provider' }]),
      init,
    );
    await expect(response.json()).resolves.toMatchObject({
      method: 'GET',
      body: '',
      'content-type': null,
      'content-length': null,
      'content-encoding': null,
      'content-language': null,
      'content-location': null,
    });
  });

  it('are not followed with redirect: manual, and the token is renewed after a 401', async () => {
    const { connectors, base44, provider } = await providerCalls({
      respond: (_, response) => {
        json(response, 302, {}, { Location: '/y' });
      },
    });
    await connectors.getConnection('crm');
    provider.good.clear();
    base44.connect('crm', { accessToken: goodToken(provider) });
    const init = { method: 'POST', redirect: 'manual' } as const;
    await expect(connectors.fetch('crm', '/x', init)).resolves.toMatchObject({ status: 302 });
    expect(provider.requests.map(({ path }) => path)).toEqual(['/v1/x', '/v1/x']);
  });

  it('are followed once more after a 401, when the method is the default one', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: ({ path }, response) => {
        const { base44, provider } = calls;
        if (provider.requests.length === 1) {
          provider.good.clear();
          base44.connect('crm', { accessToken: goodToken(provider) });
        }
        if (path === '/v1/x') json(response, 303, {}, { Location: '/y' });
        else json(response, 200, {});
      },
    });
    const headers = { 'Content-Type': 'text/x' };
    const called = calls.connectors.fetch('crm', '/x', { headers });
    await expect(called).resolves.toMatchObject({ status: 200 });
    const { requests } = calls.provider;
    expect(requests.map(({ path }) => path)).toEqual(['/v1/x', '/y', '/v1/x', '/y']);
    expect(requests.map((request) => getHeader(request, 'content-type'))).toEqual(
      Array(4).fill('text/x'),
    );
  });

  it(`match those of fetch, in ${CHAINS} chains`, async () => {
    const { connectors, servers } = await redirecting();
    let redirected = 0;
    for (let seed = 1; seed <= CHAINS; seed += 1) {
      const { init, path } = generated(seed);
      const ours = await getOutcome(() => connectors.fetch('crm', path, init));
      const headers = { ...(init.headers as object), Authorization: `Bearer ${TOKEN}` };
      const theirs = await getOutcome(() =>
        fetch(`${servers.provider.url}${path}`, { ...init, headers }),
      );
      expect({ seed, ...ours }).toEqual({ seed, ...theirs });
      if (ours.redirected) redirected += 1;
    }
    printFigure(
      'chains of redirects, the same as of fetch',
      `${CHAINS}, ${redirected} followed to their end`,
    );
    expect(redirected).toBeGreaterThan(CHAINS / 5);
  });
});

describe('Redirects of HttpService', () => {
  it('call beforeRedirect of the application, and obey maxRedirects', async () => {
    const { http } = await redirecting();
    const seen: string[] = [];
    const requests: unknown[] = [];
    const path = createPath([
      { status: 302, to: 'provider' },
      { status: 302, to: 'other' },
    ]);
    const beforeRedirect: AxiosRequestConfig['beforeRedirect'] = ({ href }, _, request) => {
      seen.push(String(href));
      requests.push(request);
    };
    await firstValueFrom(http.get(path, { beforeRedirect }));
    expect(seen).toHaveLength(2);
    expect(requests[0]).toMatchObject({ method: 'GET', headers: {} });

    await expect(firstValueFrom(http.get(path, { maxRedirects: 1 }))).rejects.toMatchObject({
      code: 'ERR_FR_TOO_MANY_REDIRECTS',
    });
    await expect(firstValueFrom(http.get(path, { maxRedirects: 0 }))).rejects.toMatchObject({
      response: { status: 302 },
    });
  });

  it('to a subdomain are followed without the token', async () => {
    const tls = createSelfSignedCertificate({ ip: '127.0.0.1' });
    const server = await startRecordingServer(
      ({ path }, response) => {
        if (path === '/y') json(response, 200, {});
        else json(response, 302, {}, { Location: `https://eu.crm.example:${server.port}/y` });
      },
      { tls },
    );
    const { http } = await providerCalls({
      feature: () => ({ baseURL: `https://crm.example:${server.port}` }),
    });
    const httpsAgent = new Agent({
      rejectUnauthorized: false,
      lookup: (_host, _options, done) => {
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    closeAfterTest(() => {
      httpsAgent.destroy();
    });
    await firstValueFrom(http.get('/x', { httpsAgent, headers: { Cookie: 'a=1' } }));
    const names = ['host', 'authorization', 'cookie'];
    expect(server.requests.map((each) => names.map((name) => getHeader(each, name)))).toEqual([
      [`crm.example:${server.port}`, expect.stringMatching(/^Bearer /) as string, 'a=1'],
      [`eu.crm.example:${server.port}`, undefined, undefined],
    ]);
  });

  it('give the URL of the last response', async () => {
    const { http, servers } = await redirecting();
    const response = await firstValueFrom(http.get(createPath([{ status: 302, to: 'other' }])));
    const { res } = response.request as { res: { responseUrl: string } };
    expect(res.responseUrl).toBe(`${servers.other.url}${createPath([])}`);
  });
});

interface Outcome {
  readonly status?: number;
  readonly redirected?: boolean;
  readonly error?: string;
}

async function getOutcome(work: () => Promise<Response>): Promise<Outcome> {
  try {
    const response = await work();
    const { status, redirected, url } = response;
    return { status, redirected, ...{ url, body: await response.text() } };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

const BODY_HEADERS = {
  'Content-Type': 'text/x',
  'Content-Encoding': 'identity',
  'Content-Language': 'en',
  'Content-Location': '/x',
};

/** Creates the same chains for the same seed. */
function generated(seed: number): { readonly path: string; readonly init: RequestInit } {
  let state = seed * 2_654_435_761;
  const pick = <T>(choices: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return choices[Math.floor((state / 2_147_483_648) * choices.length)]!;
  };
  const hops = Array.from({ length: pick([0, 1, 1, 2, 3, 4, 21, 22]) }, (): Hop => ({
    status: pick([301, 302, 303, 307, 308, 300, 304]),
    to: pick(['provider', 'provider', 'other'] as const),
    isRelative: pick([true, false]),
  }));
  const long = hops.length > 4;
  const method = pick(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'post']);
  const body = pick([undefined, 'text', new Blob(['bytes']), new URLSearchParams({ a: '1' })]);
  const mayHaveBody = !['GET', 'HEAD'].includes(method);
  return {
    path: createPath(long ? hops.map((hop) => ({ ...hop, status: 302 })) : hops),
    init: {
      method,
      headers: { 'X-Own': 'own', ...pick([{}, { Cookie: 'a=1' }, BODY_HEADERS]) },
      ...(mayHaveBody && body !== undefined ? { body } : {}),
      redirect: pick(['follow', 'follow', 'follow', 'follow', 'manual', 'error'] as const),
    },
  };
}
