import axios, { type AxiosRequestConfig } from 'axios';
import { type ByteSink, startByteSink } from '../support/byte-sink.js';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  changeAxiosDefaults,
  createAgentTo,
  createEmptyResponse,
} from '../support/axios-defaults.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret, containsSecret } from '../support/expect-no-secret.js';
import { settle } from '../support/async.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';

interface Elsewhere {
  readonly sink: ByteSink;
  /** Records the arguments of functions of the application. */
  readonly see: (...things: unknown[]) => void;
}

/** Settings of an application on its shared axios. */
const DEFAULTS: [string, (elsewhere: Elsewhere) => AxiosRequestConfig][] = [
  ['baseURL', ({ sink }) => ({ baseURL: sink.url })],
  ['url', ({ sink }) => ({ url: sink.url })],
  ['proxy', ({ sink }) => ({ proxy: { host: '127.0.0.1', port: sink.port } })],
  ['maxRedirects', () => ({ maxRedirects: 5 })],
  ['allowAbsoluteUrls', () => ({ allowAbsoluteUrls: true })],
  ['headers', () => ({ headers: { common: { 'X-Of-Another-Api': 'private' } } as never })],
  ['authorization', () => ({ headers: { common: { Authorization: 'Bearer other' } } as never })],
  ['auth', () => ({ auth: { username: 'of-another', password: 'api' } })],
  ['params', () => ({ params: { key: 'of-another-api' } })],
  ['data', () => ({ data: { of: 'another API' } })],
  ['timeout', () => ({ timeout: 1 })],
  ['maxContentLength', () => ({ maxContentLength: 1 })],
  ['maxBodyLength', () => ({ maxBodyLength: 1 })],
  [
    'paramsSerializer',
    ({ see }) => ({ paramsSerializer: { serialize: (all) => (see(all), 'a=b') } }),
  ],
  ['validateStatus', () => ({ validateStatus: () => false })],
  ['responseType', () => ({ responseType: 'stream' })],
  ['decompress', () => ({ decompress: false })],
  ['httpAgent', ({ sink }) => ({ httpAgent: createAgentTo(sink.port) })],
  ['lookup', ({ see }) => ({ lookup: (host: string) => (see(host), ['127.0.0.1', 4]) as never })],
  ['beforeRedirect', ({ see }) => ({ beforeRedirect: see })],
  ['signal', () => ({ signal: AbortSignal.abort() })],
  [
    'adapter',
    ({ see }) => ({
      adapter: async (config) => (see(config.headers), createEmptyResponse(config)),
    }),
  ],
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
    'transformRequest',
    ({ see }) => ({
      transformRequest: [(data, headers) => (see(headers.toJSON()), data as unknown)],
    }),
  ],
  ['transformResponse', ({ see }) => ({ transformResponse: [(data) => (see(data), 'other')] })],
  ['onDownloadProgress', ({ see }) => ({ onDownloadProgress: see })],
];

describe.each(DEFAULTS)("%s set on the application's axios", (_name, settings) => {
  it.each(['before', 'after'])('%s startup has no effect', async (when) => {
    const { accessToken, serviceToken, server, seen, elsewhere } = await scenario();
    const boot = () => createConnectors({ serverUrl: server.url, serviceToken });
    const booted = when === 'after' ? await boot() : undefined;
    changeAxiosDefaults(settings(elsewhere));
    const service = booted ?? (await boot());

    const outcome = await settle(() => service.getConnection('slack'));
    expect(containsSecret(seen.join() + elsewhere.sink.received(), serviceToken)).toBe(false);
    expect(containsSecret(seen.join() + elsewhere.sink.received(), accessToken)).toBe(false);
    expect(outcome).toEqual({ value: { accessToken, connectionConfig: null } });
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ path: '/api/apps/app1/external-auth/tokens/slack', body: '' });
    expect(getHeader(request!, 'authorization')).toBe(`Bearer ${serviceToken}`);
    expect(getHeader(request!, 'x-of-another-api')).toBeUndefined();
  });
});

it("the interceptors of the application's axios see nothing of a request", async () => {
  const { serviceToken, server, seen, elsewhere } = await scenario();
  const ids = [
    axios.interceptors.request.use((config) => (elsewhere.see(config.headers), config)),
    axios.interceptors.response.use((response) => (elsewhere.see(response.data), response)),
  ];
  closeAfterTest(() => {
    axios.interceptors.request.eject(ids[0]!);
    axios.interceptors.response.eject(ids[1]!);
  });
  const service = await createConnectors({ serverUrl: server.url, serviceToken });
  await service.getConnection('slack');

  expect(seen).toEqual([]);
});

async function scenario() {
  const accessToken = createSecret();
  const server = await startRecordingServer((_request, response) => {
    response.end(JSON.stringify({ access_token: accessToken }));
  });
  const sink = await startByteSink();
  const seen: string[] = [];
  const see = (...things: unknown[]): void => {
    seen.push(JSON.stringify(things));
  };
  const elsewhere: Elsewhere = { sink, see };
  return { accessToken, serviceToken: createSecret(), server, seen, elsewhere };
}
