import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios, { type AxiosRequestConfig } from 'axios';
import { type ByteSink, startByteSink } from '../support/byte-sink.js';
import { PROXY_VARIABLES, setProxy } from '../support/proxy-environment.js';
import {
  changeAxiosDefaults,
  createAgentTo,
  createEmptyResponse,
} from '../support/axios-defaults.js';
import { runInChild } from '../support/child-process.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createSecret, containsSecret } from '../support/expect-no-secret.js';
import { settle } from '../support/async.js';
import { getHeader, startRecordingServer, type Responder } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';
import { callers } from '../provider-calls/callers.js';
import { json, providerCalls } from '../provider-calls/provider-calls.fixture.js';

/** Redirects once, within the origin. */
const redirecting: Responder = ({ path }, response) => {
  if (path === '/v1/end') json(response, 200, {});
  else json(response, 302, {}, { Location: '/v1/end' });
};

describe.each(callers)('A call by $name, with proxies in the environment', ({ call }) => {
  it.each(PROXY_VARIABLES)('goes directly to the provider: %s', async (variable) => {
    const sink = await setProxy([variable]);
    const calls = await providerCalls({ respond: redirecting });
    expect((await call(calls, '/start')).status).toBe(200);
    expect(calls.provider.requests.map(({ path }) => path)).toEqual(['/v1/start', '/v1/end']);
    expect(sink.received()).toBe('');
  });

  it.each(PROXY_VARIABLES)('goes directly to a provider over TLS: %s', async (variable) => {
    const sink = await setProxy([variable]);
    const tls = createSelfSignedCertificate({ ip: '127.0.0.1' });
    const server = await startRecordingServer(undefined, { tls });
    const calls = await providerCalls({ feature: () => ({ baseURL: server.url }) });
    await expect(call(calls, '/x')).rejects.toThrow();
    expect(sink.received()).toBe('');
  });
});

it('goes directly to the provider in a process that starts with proxies', async () => {
  const sink = await startByteSink();
  const accessToken = createSecret();
  const provider = await startRecordingServer(redirecting);
  const env = Object.fromEntries(PROXY_VARIABLES.map((name) => [name, sink.url]));

  const ended = await runInChild('provider-proxies', { url: provider.url, accessToken }, { env });
  expect(ended).toEqual([200, 200]);
  expect(provider.requests.map((request) => getHeader(request, 'authorization'))).toEqual(
    Array(4).fill(`Bearer ${accessToken}`),
  );
  expect(sink.received()).toBe('');
});

describe('With useEnvironmentProxy', () => {
  const options = { useEnvironmentProxy: true };

  it.each(['HTTP_PROXY', 'ALL_PROXY'])('HttpService goes through %s', async (variable) => {
    const calls = await providerCalls({ options });
    await calls.connectors.getConnection('crm');
    const sink = await setProxy([variable]);
    await settle(() => callers[1].call(calls, '/x'));
    expect(sink.received()).toMatch(new RegExp(`^GET ${calls.provider.url}/v1/x HTTP`));
    expect(sink.received()).toMatch(/Bearer access-token-/);
    expect(calls.provider.requests).toEqual([]);
  });

  it('HttpService opens a tunnel for TLS, and sends the proxy nothing else', async () => {
    const calls = await providerCalls({
      options,
      feature: () => ({ baseURL: 'https://api.example' }),
    });
    await calls.connectors.getConnection('crm');
    const sink = await setProxy(['HTTPS_PROXY']);
    await settle(() => callers[1].call(calls, '/x'));
    expect(sink.received()).toMatch(/^CONNECT api\.example:443 HTTP/);
    expect(sink.received()).not.toMatch(/access-token/);
  });

  it('HttpService goes directly to hosts in NO_PROXY', async () => {
    const sink = await setProxy(PROXY_VARIABLES, '127.0.0.1');
    const calls = await providerCalls({ options });
    expect((await callers[1].call(calls, '/x')).status).toBe(200);
    expect(sink.received()).toBe('');
  });
});

interface Elsewhere {
  readonly sink: ByteSink;
  readonly unix: string;
  readonly see: (...things: unknown[]) => void;
}

/** Settings of an application on its shared axios. */
const DEFAULTS: [string, (elsewhere: Elsewhere) => AxiosRequestConfig][] = [
  ['proxy', ({ sink }) => ({ proxy: { host: '127.0.0.1', port: sink.port } })],
  [
    'adapter',
    ({ see }) => ({ adapter: async (config) => (see(config), createEmptyResponse(config)) }),
  ],
  ['baseURL', ({ sink }) => ({ baseURL: sink.url })],
  ['url', ({ sink }) => ({ url: sink.url })],
  ['authorization', () => ({ headers: { common: { Authorization: 'Bearer other' } } as never })],
  ['auth', () => ({ auth: { username: 'of-another', password: 'api' } })],
  ['socketPath', ({ unix }) => ({ socketPath: unix })],
  ['httpAgent', ({ sink }) => ({ httpAgent: createAgentTo(sink.port) })],
  ['lookup', ({ see }) => ({ lookup: (host: string) => (see(host), ['127.0.0.1', 4]) as never })],
  [
    'transport',
    ({ see }) => ({
      transport: {
        request(options: unknown) {
          see(options);
          throw new Error('of the application');
        },
      },
    }),
  ],
  [
    'beforeRedirect',
    ({ see }) => ({
      beforeRedirect: ({ headers }) => {
        see(headers);
      },
    }),
  ],
  [
    'transformRequest',
    ({ see }) => ({ transformRequest: [(data, headers) => (see(headers), data as unknown)] }),
  ],
  ['allowAbsoluteUrls', () => ({ allowAbsoluteUrls: false })],
];

async function elsewhere(): Promise<{
  seen: string[];
  sinks: Pick<ByteSink, 'received'>[];
  where: Elsewhere;
}> {
  const sink = await startByteSink();
  const path = join(tmpdir(), `sink-${createSecret(6)}.sock`);
  const unix = { path, ...(await startByteSink({ path })) };
  const sinks = [sink, unix];
  const seen: string[] = [];
  const see = (...things: unknown[]): void => {
    seen.push(JSON.stringify(things));
  };
  return { seen, sinks, where: { sink, unix: unix.path, see } };
}

describe.each(DEFAULTS)("%s set on the application's axios", (_name, settings) => {
  it.each(['before', 'after'])('%s startup sends the token nowhere else', async (when) => {
    const { seen, sinks, where } = await elsewhere();
    if (when === 'before') changeAxiosDefaults(settings(where));
    const calls = await providerCalls({ respond: redirecting });
    if (when === 'after') changeAxiosDefaults(settings(where));
    for (const { call } of callers) await settle(() => call(calls, '/start'));

    const received = sinks.map((each) => each.received()).join('');
    expect(seen.join() + received).not.toContain('access-token-');
    expect(containsSecret(seen.join() + received, calls.base44.serviceToken)).toBe(false);
    expect(calls.provider.tokens).toEqual(
      Array(2 * callers.length).fill(expect.stringMatching(/^access-token-/)),
    );
  });
});

it("the interceptors of the application's axios see nothing of a call", async () => {
  const { seen, where } = await elsewhere();
  const { request, response } = axios.interceptors;
  const ids = [
    request.use((config) => (where.see(config.url), config)),
    response.use((answer) => (where.see(answer.status), answer)),
  ];
  closeAfterTest(() => {
    request.eject(ids[0]!);
    response.eject(ids[1]!);
  });
  const calls = await providerCalls();
  for (const { call } of callers) expect((await call(calls, '/x')).status).toBe(200);
  expect(seen).toEqual([]);
});
