import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startByteSink } from '../support/byte-sink.js';
import { runInChild } from '../support/child-process.js';
import { createSecret, containsSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { getHeader, startRecordingServer, type Responder } from '../support/recording-server.js';

const TOKENS = '/api/apps/app1/external-auth/tokens';

interface Result {
  readonly property: string;
  readonly when: 'before' | 'after';
  /** The arguments of polluted functions, as JSON. */
  readonly seen: string;
  readonly outcome: string;
}

it('a polluted Object.prototype sends no credential to another server', async () => {
  const [serviceToken, accessToken] = [createSecret(), createSecret()];
  const server = await startRecordingServer(closing(accessToken));
  const sink = await startByteSink();
  const unix = join(tmpdir(), `sink-${createSecret(6)}.sock`);
  const unixSink = await startByteSink({ path: unix });
  // The target of a polluted DNS lookup: the same port of another address.
  const otherHost = await startByteSink({ host: '127.0.0.2', port: server.port });

  const results = (await runInChild(
    'base44-prototype-pollution',
    {
      serverUrl: server.url.replace('127.0.0.1', 'localhost'),
      serviceToken,
      sinkPort: sink.port,
      unix,
    },
    { env: { HTTP_PROXY: sink.url, ALL_PROXY: sink.url } },
  )) as Result[];

  const received = [sink, unixSink, otherHost].map((listener) => listener.received()).join('');
  const leaks = results.filter(
    ({ seen }) => containsSecret(seen, serviceToken) || containsSecret(seen, accessToken),
  );
  printFigure(
    'prototype pollution, Base44: cases, bytes elsewhere, leaks',
    `${results.length}, ${received.length}, ${leaks.length}`,
  );
  expect(leaks).toEqual([]);
  expect(received).toBe('');
  // A property with the name of an option breaks class-validator, so there is no application to leak.
  const served = results.filter(({ outcome }) => outcome !== 'no boot');
  expect(results.length - served.length).toBe(1);
  expect(served.filter(({ outcome }) => outcome !== 'connection')).toEqual([]);
  expect(server.requests.map(({ path }) => path)).toEqual(
    served.map(({ property, when }) => `${TOKENS}/of-${property}-${when}`),
  );
  for (const request of server.requests) {
    expect(request).toMatchObject({ method: 'GET', body: '' });
    expect(getHeader(request, 'authorization')).toBe(`Bearer ${serviceToken}`);
  }
});

/** Closes the connection, so that every request opens a new one. */
function closing(accessToken: string): Responder {
  return (_request, response) => {
    response.setHeader('Connection', 'close');
    response.end(JSON.stringify({ access_token: accessToken }));
  };
}
