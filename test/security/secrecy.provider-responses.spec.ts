import { PassThrough, type Readable } from 'node:stream';
import { inspect } from 'node:util';
import type { AxiosResponse } from 'axios';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';
import { sleep, waitFor } from '../support/async.js';
import { runInChild } from '../support/child-process.js';
import { expectNoSecret, createSecret, containsSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { getHeader, startRecordingServer, type Responder } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAfterTest } from '../support/close-after-test.js';
import { startThrowingApp } from '../support/throwing-app.js';
import { json } from '../provider-calls/provider-calls.fixture.js';
import {
  type Scenario,
  startScenario,
  getOutcome,
  expectNoCredential,
} from './secrecy.provider-calls.fixture.js';

let looks = 0;
let hits = 0;

afterAll(() => {
  printFigure(
    'secrecy of provider calls: sinks of responses, streams and services, hits',
    `${looks}, ${hits}`,
  );
});

async function look(scenario: Scenario, given: unknown): Promise<void> {
  hits += 1;
  looks += await expectNoCredential(scenario, given, await startThrowingApp());
  hits -= 1;
}

/** Sends the first part of a body at once, and never the rest. */
const halfway: Responder = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"a":');
};

describe('No credential shows in the response of connectors.fetch', () => {
  it.each<[string, (response: Response) => unknown]>([
    ['that is not read', () => undefined],
    ['that was read', (response) => response.json()],
    ['that was cloned', (response) => response.clone()],
    ['that is being read', (response) => response.body!.getReader().read()],
  ])('%s', async (_, act) => {
    const scenario = await startScenario();
    const response = await scenario.connectors.fetch('crm', '/x');
    await act(response);
    await look(scenario, response);
    await look(scenario, { body: response.body, headers: response.headers });
  });

  it('of a metered connector', async () => {
    const scenario = await startScenario();
    scenario.base44.meter('x', { respond: () => ({ data: { ok: true }, status: 418 }) });
    const response = await scenario.connectors.fetch('x', '/2/tweets');
    expect(response.status).toBe(418);
    await look(scenario, response);
  });
});

describe('No credential shows in the response of HttpService', () => {
  it.each(['json', 'text', 'arraybuffer', 'stream'] as const)('as %s', async (responseType) => {
    const scenario = await startScenario();
    const response = await firstValueFrom(scenario.http.get<unknown>('/x', { responseType }));
    await look(scenario, response);
    await sleep(20);
    // Now the connection is idle.
    await look(scenario, response);
  });

  it.each<[string, (stream: NodeJS.ReadableStream) => unknown]>([
    ['half read', (stream) => stream.once('data', () => undefined)],
    ['given up', (stream) => (stream as Readable).destroy()],
    ['piped on', (stream) => stream.pipe(new PassThrough())],
  ])('as a stream that is %s', async (_, act) => {
    const scenario = await startScenario({ respond: halfway });
    const response: AxiosResponse<NodeJS.ReadableStream> = await firstValueFrom(
      scenario.http.get('/x', { responseType: 'stream' }),
    );
    await act(response.data);
    await sleep(20);
    await look(scenario, response.data);
    await look(scenario, response);
  });

  it('after redirects', async () => {
    const scenario = await startScenario({
      respond: ({ path }, response) => {
        if (path === '/y') json(response, 200, {});
        else json(response, 302, {}, { Location: '/y' });
      },
    });
    const response = await firstValueFrom(scenario.http.get<unknown>('/x'));
    expect((response.request as { responseURL: string }).responseURL).toMatch(/\/y$/);
    await look(scenario, response);
  });
});

describe('No credential shows in the configuration that', () => {
  it('interceptors, transformations and progress listeners see', async () => {
    const scenario = await startScenario();
    const { seen, provider, accessToken } = scenario;
    const { interceptors } = scenario.http.axiosRef;
    interceptors.request.use((config) => (seen.push(config, config.headers.toJSON()), config));
    interceptors.response.use((response) => {
      seen.push(response, response.config.headers.toJSON(), response.request);
      return response;
    });
    const response = await firstValueFrom(
      scenario.http.post(
        '/x',
        { a: 'b' },
        {
          transformRequest: (data, headers) => (seen.push(headers), JSON.stringify(data)),
          transformResponse: (data, headers) => (seen.push(headers), data as unknown),
          onDownloadProgress: (progress) => seen.push(progress),
          onUploadProgress: (progress) => seen.push(progress),
        },
      ),
    );
    expect(getHeader(provider.requests[0]!, 'authorization')).toBe(`Bearer ${accessToken}`);
    expect(seen.length).toBeGreaterThan(6);
    await look(scenario, response);
  });

  it('a beforeRedirect sees, although the redirected request has the token', async () => {
    const scenario = await startScenario({
      respond: ({ path }, response) => {
        if (path === '/y') json(response, 200, {});
        else json(response, 302, {}, { Location: '/y' });
      },
    });
    const headers: unknown[] = [];
    await firstValueFrom(
      scenario.http.get('/x', {
        beforeRedirect: (options, answer, request) => {
          headers.push(options.headers, answer.headers, request);
        },
      }),
    );
    expectNoSecret(headers, scenario.secrets);
    expect(headers).toHaveLength(3);
    expect(
      scenario.provider.requests.map((request) => getHeader(request, 'authorization')),
    ).toEqual(Array(2).fill(`Bearer ${scenario.accessToken}`));
  });
});

describe('While a call of another user is in flight, no credential of that user shows in', () => {
  async function inUse() {
    const scenario = await startScenario({
      respond: ({ path }, response) => {
        if (path !== '/held') json(response, path === '/no' ? 500 : 200, {});
      },
    });
    const others = scenario.module.get(ConnectorsService);
    const held = [
      getOutcome(() => firstValueFrom(others.http('crm').get('/held'))),
      getOutcome(() => firstValueFrom(scenario.http.get('/held'))),
      getOutcome(() => others.fetch('crm', '/held')),
    ];
    await waitFor(() => scenario.provider.requests.length === held.length);
    return { scenario, others };
  }

  it('the failure of another call', async () => {
    const { scenario } = await inUse();
    for (const call of [
      () => firstValueFrom(scenario.http.get('/no')),
      () =>
        firstValueFrom(
          scenario.http.get('/x', { transformResponse: () => JSON.parse('{') as never }),
        ),
      () => scenario.connectors.fetch('crm', '/no'),
    ]) {
      const { given } = await getOutcome(call);
      await look(scenario, given);
    }
  });

  it('the services and their axios', async () => {
    const { scenario, others } = await inUse();
    for (const each of [others, others.http('crm'), { axios: others.http('crm').axiosRef }]) {
      looks += expectNoSecret(each, scenario.secrets);
      expect(scenario.secrets.some((secret) => containsSecret(inspect(each, DEEP), secret))).toBe(
        false,
      );
    }
    await look(scenario, scenario.http.axiosRef.defaults);
  });
});

const DEEP = { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null };

it('over TLS, no credential shows in the connections, which keep their options', async () => {
  const [accessToken, serviceToken] = [createSecret(), createSecret()];
  const tls = createSelfSignedCertificate({ ip: '127.0.0.1' });
  const provider = await startRecordingServer(
    ({ path }, response) => {
      json(response, path === '/no' ? 500 : 200, {});
    },
    { tls },
  );
  const folder = await mkdtemp(join(tmpdir(), 'provider-tls-'));
  closeAfterTest(() => rm(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  await writeFile(file, tls.cert);

  const printed = (await runInChild(
    'provider-tls',
    { url: provider.url, accessToken, serviceToken },
    { env: { NODE_EXTRA_CA_CERTS: file } },
  )) as Record<string, string>;

  expect(provider.requests.map((request) => getHeader(request, 'authorization'))).toEqual(
    Array(4).fill(`Bearer ${accessToken}`),
  );
  const leaks = Object.entries(printed).filter(([, text]) =>
    [accessToken, serviceToken].some((secret) => containsSecret(text, secret)),
  );
  expect(Object.keys(printed)).toHaveLength(12);
  expect(leaks.map(([sink]) => sink)).toEqual([]);
});
