import { faults } from 'nestjs-base44-connectors/testing';
import { runInChild } from '../support/child-process.js';
import { createConnectors } from '../support/create-connectors.js';
import { catchError } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer, respondWith, type Responder } from '../support/recording-server.js';

const MEBIBYTE = 1024 * 1024;
const LIMIT_MIB = 16;

const megabytes =
  (count: number, headers: Record<string, string | number> = {}): Responder =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers });
    let left = count;
    const pump = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!response.write(' '.repeat(1_000_000))) return;
      }
      response.end();
    };
    response.on('drain', pump);
    pump();
  };

const bomb = faults.gzipBomb(200);

const LARGE: Record<string, Responder> = {
  bomb: (request, response) => {
    void bomb(request as never, response, async () => undefined);
  },
  body: megabytes(100),
  announced: megabytes(100, { 'Content-Length': 100_000_000 }),
};

it('a bomb of 200 MiB and a body of 100 MB are aborted before they take memory', async () => {
  const usable = respondWith({ access_token: 'token' });
  const server = await startRecordingServer((request, response) => {
    const id = request.path.split('/').at(-1)!;
    (LARGE[id] ?? usable)(request, response);
  });
  const results = (await runInChild('response-size', {
    url: server.url,
    ids: Object.keys(LARGE),
  })) as Record<string, { code: string; mib: number }>;

  for (const [name, { mib }] of Object.entries(results)) {
    printFigure(`memory for a response that is too large (${name})`, `${mib} MiB`);
  }
  for (const { code, mib } of Object.values(results)) {
    expect(code).toBe('UNEXPECTED_RESPONSE');
    expect(mib).toBeLessThan(LIMIT_MIB);
  }
  expect(Object.keys(results)).toEqual(Object.keys(LARGE));
});

describe.each(Object.entries(LARGE))('an oversized response: %s', (_name, respond) => {
  it('rejects a connection and a metered call', async () => {
    const server = await startRecordingServer(respond);
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

    for (const call of [
      () => service.getConnection('slack'),
      () => service.callApi('x', { path: '/' }),
    ]) {
      expect(await catchError(call)).toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
        retryable: false,
      });
    }
  });
});

it.each([
  ['a connection', 'getConnection', 262_144],
  ['a metered call', 'callApi', 32 * MEBIBYTE],
] as const)(
  'the answer of %s may have its full size and not a byte more',
  async (_case, operation, max) => {
    let size = max;
    const server = await startRecordingServer((_request, response) => {
      const answer = JSON.stringify({ access_token: 'token', success: true, phase: 'responded' });
      response.end(answer.padEnd(size));
    });
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });
    const call = (): Promise<unknown> =>
      operation === 'callApi'
        ? service.callApi('x', { path: '/' })
        : service.getConnection('slack');

    await expect(call()).resolves.toBeDefined();
    size = max + 1;
    expect(await catchError(call)).toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
  },
);
