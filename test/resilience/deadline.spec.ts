import { gzipSync } from 'node:zlib';
import type { ConnectorsModuleOptions, ConnectorsService } from 'nestjs-base44-connectors';
import { catchError, type CaughtError, waitFor } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { drip, startSlowServer } from '../support/slow-server.js';

const DEADLINE_MS = 100;
const REPEATS = scaled(40, 2);
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

type Respond = Parameters<typeof startSlowServer>[0];

const hang: Respond = () => undefined;

const SLOW_RESPONSES: [string, Respond][] = [
  ['no response', hang],
  ['a status line that drips', drip('HTTP/1.1 200 O', 'K')],
  ['headers that drip', drip(HEAD, 'X-A: b\r\n')],
  ['a header without end', drip(`${HEAD}X-A: `, 'b')],
  ['interim responses without end', drip('', 'HTTP/1.1 100 Continue\r\n\r\n')],
  ['headers without a body', drip(`${HEAD}Content-Length: 9\r\n\r\n`, '')],
  ['a body that drips', drip(`${HEAD}\r\n`, ' ')],
  ['chunks that drip', drip(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n')],
  ['gzip that drips', drip(`${HEAD}Content-Encoding: gzip\r\n\r\n`, gzipSync(' '))],
  ['an error that drips', drip('HTTP/1.1 503 Down\r\n\r\n', ' ')],
  ['a redirect that drips', drip('HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n', ' ')],
];

const CALLS: [string, (service: ConnectorsService) => Promise<unknown>][] = [
  ['getConnection', (service) => service.getConnection('slack')],
  ['callApi', (service) => service.callApi('x', { path: '/' })],
];

let latestMs = 0;

afterAll(() => {
  printFigure(
    'calls settled after their deadline of 100 ms by at most',
    `${latestMs.toFixed(0)} ms`,
  );
});

/** The deadline's own error, and not that of an attempt or a socket. */
const deadlinePassed = {
  code: 'BASE44_UNAVAILABLE',
  retryable: true,
  message: expect.stringContaining(`within ${DEADLINE_MS} ms`) as string,
};

async function catchTimed(call: () => Promise<unknown>): Promise<CaughtError> {
  const startMs = performance.now();
  const error = await catchError(call);
  latestMs = Math.max(latestMs, performance.now() - startMs - DEADLINE_MS);
  return error;
}

describe.each(SLOW_RESPONSES)('%s', (_case, respond) => {
  it.each(CALLS)('ends %s at its deadline and closes its socket', async (_name, call) => {
    const { url, sockets } = await startSlowServer(respond);
    const service = await createWithDeadline({ serverUrl: url });
    for (let round = 0; round < REPEATS; round += 1) {
      expect(await catchTimed(() => call(service))).toMatchObject(deadlinePassed);
      await waitFor(() => sockets.size === 0);
    }
  });
});

it.each(CALLS)('a body without end ends %s and closes its socket', async (_name, call) => {
  const { url, sockets } = await startSlowServer(drip(`${HEAD}\r\n`, ' '.repeat(65_536), 1));
  const service = await createWithDeadline({ serverUrl: url });
  const { code } = await catchError(() => call(service));
  // It meets the deadline or the size limit, depending on which comes first.
  expect(['BASE44_UNAVAILABLE', 'UNEXPECTED_RESPONSE']).toContain(code);
  await waitFor(() => sockets.size === 0);
});

it('a thousand requests without a response leave no connection open', async () => {
  const { url, sockets } = await startSlowServer(hang);
  const service = await createWithDeadline({ serverUrl: url, resilience: { deadlineMs: 1_000 } });
  const errors = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      catchError(() => service.getConnection(`slack${index}`)),
    ),
  );
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE', retryable: true });
  }
  await waitFor(() => sockets.size === 0);
});

const never = (): Promise<never> => new Promise(() => undefined);

it.each<[string, (url: string) => Partial<ConnectorsModuleOptions>]>([
  ['a TLS handshake without a response', (url) => ({ serverUrl: url.replace('http:', 'https:') })],
  ['a client that never settles', () => ({ client: { getConnection: never } })],
  [
    'a client of the official SDK without a response',
    (serverUrl) => ({ client: createOfficialClient({ serverUrl, serviceToken: 'service' }) }),
  ],
])('%s ends a call at its deadline', async (_case, options) => {
  const { url } = await startSlowServer(hang);
  const given = options(url);
  const service = await createWithDeadline({
    ...given,
    ...(given.client && { serviceToken: undefined }),
  });
  expect(await catchTimed(() => service.getConnection('slack'))).toMatchObject(deadlinePassed);
});

it.each(CALLS)(
  'a serviceToken function that never settles ends %s at its deadline, and its error says so',
  async (_name, call) => {
    const { url } = await startSlowServer(hang);
    const service = await createWithDeadline({ serverUrl: url, serviceToken: never });
    expect(await catchTimed(() => call(service))).toMatchObject({
      code: 'SERVICE_ROLE_REQUIRED',
      retryable: true,
      message:
        `The serviceToken function did not resolve within ${DEADLINE_MS} ms. ` +
        'Make it resolve sooner, or raise attemptTimeoutMs and deadlineMs of the option resilience.',
    });
  },
);

function createWithDeadline(options: Partial<ConnectorsModuleOptions>): Promise<ConnectorsService> {
  const resilience = { deadlineMs: DEADLINE_MS };
  return createConnectors({ serviceToken: 'service', resilience, ...options });
}
