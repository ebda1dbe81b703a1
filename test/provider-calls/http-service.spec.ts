import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import { inspect } from 'node:util';
import { HttpService } from '@nestjs/axios';
import axios, {
  AxiosError,
  AxiosHeaders,
  type AxiosRequestConfig,
  type AxiosResponse,
  CanceledError,
} from 'axios';
import { faults } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { createGate, sleep, waitFor } from '../support/async.js';
import { changeAxiosDefaults } from '../support/axios-defaults.js';
import { startByteSink } from '../support/byte-sink.js';
import { openTestServer } from '../support/open-server.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import {
  goodToken,
  json,
  type ProviderCalls,
  providerCalls,
  type ProviderCallsOptions,
} from './provider-calls.fixture.js';

interface Echo {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

describe('The HttpService of a connector', () => {
  it('is an HttpService of @nestjs/axios with a separate axios instance', async () => {
    const { http, connectors } = await providerCalls();
    expect(http).toBeInstanceOf(HttpService);
    expect(http.axiosRef).not.toBe(axios);
    expect(connectors.http('crm')).toBe(http);
  });

  it('has all methods of HttpService', async () => {
    const { http, provider } = await providerCalls();
    for (const method of ['get', 'delete', 'head'] as const) {
      await firstValueFrom(http[method]('/x'));
    }
    for (const method of ['post', 'put', 'patch', 'postForm'] as const) {
      await firstValueFrom(http[method]('/x', { a: 1 }));
    }
    await firstValueFrom(http.request({ url: '/x', method: 'options' }));
    await http.axiosRef.get('/x');
    await http.axiosRef({ url: '/x' });
    expect(provider.requests.map(({ method }) => method)).toEqual([
      ...['GET', 'DELETE', 'HEAD', 'POST', 'PUT', 'PATCH', 'POST', 'OPTIONS', 'GET', 'GET'],
    ]);
    expect(provider.tokens.every((token) => provider.good.has(token ?? ''))).toBe(true);
  });

  it('resolves URLs and parameters as axios does', async () => {
    const { http, provider } = await providerCalls();
    const plain = axios.create({ baseURL: `${provider.url}/v1` });
    const configs: AxiosRequestConfig<unknown, object>[] = [
      { url: '/a', params: { q: 'x y', list: [1, 2], nested: { deep: true }, none: null } },
      { url: 'b', params: { q: 1 }, paramsSerializer: () => 'own=1' },
      { url: '/c?d=1', params: { e: 2 } },
      { url: '/users:batch' },
      { url: '', params: { a: 1 } },
      { url: '/x', baseURL: `${provider.url}/v2/` },
      { url: `${provider.url}/y?e=1`, params: { f: 2 } },
      { url: '/ä ö', params: { 'ü[]': 'ß' } },
      { url: '/#top', params: { a: 1 } },
      { url: '/a?next=http://x' },
      { params: { a: 1 } },
      { url: `${provider.url}/y`, allowAbsoluteUrls: false },
    ];
    for (const config of configs) {
      await http.axiosRef.request(config);
      await plain.request({ ...config, validateStatus: () => true });
    }
    const paths = provider.requests.map(({ path }) => path);
    expect(paths.filter((_, index) => index % 2 === 0)).toEqual(
      paths.filter((_, index) => index % 2 === 1),
    );
    expect(paths).toContain('/v1/users:batch');
  });

  it('calls a fixed origin although the connection has no value for the base URL', async () => {
    const { http, provider } = await providerCalls({
      feature: ({ url }) => ({ baseURL: 'https://{region}.acme.example', allowedOrigins: [url] }),
    });
    await http.axiosRef.get(`${provider.url}/x`);
    expect(provider.requests.map(({ path }) => path)).toEqual(['/x']);
  });

  it('replaces other credentials of the request with the token', async () => {
    const { http, provider } = await providerCalls();
    http.axiosRef.defaults.headers.common.Authorization = 'Bearer of-the-defaults';
    await http.axiosRef.get('/x', { auth: { username: 'a', password: 'b' } });
    await http.axiosRef.get('/x', { headers: { authorization: 'Basic abc' } });
    expect(provider.tokens.every((token) => provider.good.has(token ?? ''))).toBe(true);
  });

  it('sends the token also when a header removes it', async () => {
    const { http } = await providerCalls();
    const headers = { Authorization: false };
    await expect(http.axiosRef.get('/x', { headers })).resolves.toMatchObject({ status: 200 });
  });

  it('sends the token neither to a Unix socket nor to a URL of beforeRedirect', async () => {
    const other = await startRecordingServer();
    const socketPath = join(tmpdir(), `sink-${process.pid}.sock`);
    const sink = await startByteSink({ path: socketPath });
    const { http, provider } = await providerCalls({
      respond: ({ path }, response) => {
        if (path.endsWith('/a')) json(response, 302, {}, { Location: '/v1/b' });
        else json(response, 200, {});
      },
    });
    await http.axiosRef.get('/x', { socketPath }).catch(String);
    await http.axiosRef.get('/a', {
      beforeRedirect: (options: Record<string, unknown>) => {
        options.port = other.port;
        options.host = `127.0.0.1:${other.port}`;
      },
    });
    expect(sink.received()).toBe('');
    expect(other.requests).toEqual([]);
    expect(provider.requests.at(-1)?.path).toBe('/v1/b');
  });

  it('runs the interceptors of the application, which do not see the token', async () => {
    const { http, provider } = await providerCalls();
    const seen: unknown[] = [];
    http.axiosRef.interceptors.request.use((config) => {
      seen.push(config.headers.get('Authorization'));
      config.headers.set('X-Own', '1');
      return config;
    });
    http.axiosRef.interceptors.response.use((response: AxiosResponse<Echo>) => {
      seen.push(response.config.headers.get('Authorization'));
      return { ...response, data: { ...response.data, isIntercepted: true } };
    });
    const { data } = await firstValueFrom(http.get<Echo>('/x'));
    expect(data).toMatchObject({ path: '/v1/x', isIntercepted: true });
    expect(getHeader(provider.requests[0]!, 'x-own')).toBe('1');
    expect(seen.filter(Boolean)).toEqual([]);
  });

  it('lets an interceptor send the request elsewhere only within the origins', async () => {
    const { http, base44 } = await providerCalls();
    http.axiosRef.interceptors.request.use((config) => ({
      ...config,
      baseURL: 'https://evil.example',
    }));
    await expect(http.axiosRef.get('/x')).rejects.toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
    expect(base44.requests).toEqual([]);
  });

  it('fails with an AxiosError for an error status, as axios does', async () => {
    const { http, provider } = await providerCalls({
      respond: (_, response) => {
        json(response, 404, { error: 'nothing there' });
      },
    });
    const error: unknown = await http.axiosRef.get('/x').catch((caught: unknown) => caught);
    expect(axios.isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      status: 404,
      message: 'Request failed with status code 404',
      config: { url: '/x' },
      response: { status: 404, data: { error: 'nothing there' } },
    });
    await expect(
      http.axiosRef.get('/x', { validateStatus: (status) => status === 404 }),
    ).resolves.toMatchObject({ status: 404 });
    expect(provider.requests).toHaveLength(2);
  });

  it.each([
    [304, 'ERR_BAD_RESPONSE'],
    [400, 'ERR_BAD_REQUEST'],
    [499, 'ERR_BAD_REQUEST'],
    [500, 'ERR_BAD_RESPONSE'],
  ])(
    'has the code of axios for the status %d, unless the config accepts it',
    async (status, code) => {
      const { http } = await providerCalls({
        respond: (_, response) => response.writeHead(status).end(),
      });
      await expect(http.axiosRef.get('/x')).rejects.toMatchObject({ status, code });
      await expect(http.axiosRef.get('/x', { validateStatus: null })).resolves.toMatchObject({
        status,
        headers: expect.any(AxiosHeaders) as object,
      });
    },
  );

  it('leaves an error of the application in the cause of its error unchanged', async () => {
    const { http } = await providerCalls({
      respond: (_, response) => {
        json(response, 302, {}, { Location: '/v1/b' });
      },
    });
    const own = new Error('no redirect');
    const beforeRedirect = (): never => {
      throw own;
    };
    const error: unknown = await http.axiosRef
      .get('/a', { beforeRedirect })
      .catch((caught: unknown) => caught);
    expect((error as { cause: Error }).cause.cause).toBe(own);
    expect(Object.getOwnPropertyNames(own)).toEqual(['stack', 'message']);
  });

  it('sends requests over HTTP/2 when the config says so', async () => {
    const server = createServer((request, response) => {
      response.end(`HTTP/${request.httpVersion}, ${String(request.headers.authorization)}`);
    });
    const { url: baseURL } = await openTestServer(server);
    const { http, provider } = await providerCalls({ feature: () => ({ baseURL }) });
    const { data } = await http.axiosRef.get<string>('/x', { httpVersion: 2 });
    expect(data).toBe(`HTTP/2.0, Bearer ${[...provider.good].join()}`);
  });

  it('keeps the original config in the response', async () => {
    const { http } = await providerCalls();
    const { config, ...answer } = await http.axiosRef.get<Echo>('/x', {
      params: { a: 1 },
      timeout: 5_000,
    });
    const request: unknown = answer.request;
    expect(config).toMatchObject({ url: '/x', params: { a: 1 }, timeout: 5_000 });
    expect(config.timeoutErrorMessage).toBeUndefined();
    expect(config.headers.get('Authorization')).toBeUndefined();
    expect((request as { responseURL: string }).responseURL).toMatch(/\/v1\/x\?a=1$/);
  });

  it('returns streams of Node.js, and bytes', async () => {
    const { http } = await providerCalls();
    const { data: stream } = await http.axiosRef.get<Readable>('/x', { responseType: 'stream' });
    expect(stream).toBeInstanceOf(Readable);
    expect(JSON.parse(await text(stream.pipe(new PassThrough())))).toMatchObject({
      path: '/v1/x',
    });
    const { data } = await http.axiosRef.get<Buffer>('/x', { responseType: 'arraybuffer' });
    expect(Buffer.isBuffer(data)).toBe(true);
  });

  it('releases the connection when a stream is not read to its end', async () => {
    const { http, provider } = await providerCalls({
      respond: (_, response) => {
        response.write('x'.repeat(100_000));
      },
    });
    const { data } = await http.axiosRef.get<Readable>('/x', { responseType: 'stream' });
    data.destroy();
    await waitFor(() => provider.server.sockets.size === 0);
  });

  it('releases the connection of a response that a retry replaces', async () => {
    const calls: ProviderCalls = await providerCalls({
      feature: () => ({ retry: true }),
      respond: (_, response) => {
        if (calls.provider.requests.length > 1) json(response, 200, {});
        else response.writeHead(429, { 'Retry-After': '0' }).write('too many');
      },
    });
    await calls.http.axiosRef.get('/x', { responseType: 'stream' });
    expect(calls.provider.requests).toHaveLength(2);
    await waitFor(() => calls.provider.server.sockets.size === 1, 2_000);
  });

  it('keeps a stream complete that is read after its end has arrived', async () => {
    const { http } = await providerCalls();
    const { data } = await http.axiosRef.get<Readable>('/x', { responseType: 'stream' });
    await sleep(50);
    expect(JSON.parse(await text(data))).toMatchObject({ path: '/v1/x' });
  });

  it('survives a stream that the provider cuts off and nothing listens to', async () => {
    const { http, provider } = await providerCalls({
      respond: (_, response) => {
        response.write('first');
        setTimeout(() => response.destroy(), 20);
      },
    });
    const { data } = await http.axiosRef.get<Readable>('/x', { responseType: 'stream' });
    await waitFor(() => provider.server.sockets.size === 0);
    await waitFor(() => data.destroyed);
  });

  it('sends a form of another package with its headers', async () => {
    const { http, provider } = await providerCalls();
    const type = 'multipart/form-data; boundary=x';
    const form = Object.assign(Readable.from([Buffer.from('--x--')]), {
      append: () => undefined,
      getHeaders: () => ({ 'content-type': type }),
      toString: () => '[object FormData]',
    });
    await http.axiosRef.post('/x', form);
    expect(provider.requests).toMatchObject([{ body: '--x--' }]);
    expect(getHeader(provider.requests[0]!, 'content-type')).toBe(type);
  });

  it('fails the stream when the provider cuts it off', async () => {
    const { http } = await providerCalls({
      respond: (_, response) => {
        response.write('first');
        setTimeout(() => response.destroy(), 20);
      },
    });
    const { data } = await http.axiosRef.get<Readable>('/x', { responseType: 'stream' });
    await expect(buffer(data)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  describe('ends', () => {
    it('when its observable is unsubscribed, and closes the connection', async () => {
      const { http, provider } = await providerCalls({ respond: () => undefined });
      const subscription = http.get('/x').subscribe();
      await waitFor(() => provider.requests.length === 1);
      subscription.unsubscribe();
      await waitFor(() => provider.server.sockets.size === 0);
    });

    it.each(['signal', 'cancelToken'])(
      'when its %s aborts during the request to Base44',
      async (by) => {
        // The caller ends the request long before the deadline.
        const resilience = { deadlineMs: 600_000, attemptTimeoutMs: 600_000 };
        const { http, base44, provider } = await providerCalls({ options: { resilience } });
        base44.fault({ respond: faults.hang() });
        const controller = new AbortController();
        const source = axios.CancelToken.source();
        const called = http.axiosRef.get('/x', {
          ...(by === 'signal' ? { signal: controller.signal } : { cancelToken: source.token }),
        });
        setTimeout(() => {
          controller.abort();
          source.cancel();
        }, 50);
        await expect(called).rejects.toBeInstanceOf(CanceledError);
        expect(provider.requests).toEqual([]);
      },
    );

    it.each<[string, ProviderCallsOptions, boolean]>([
      ['the provider does not answer', { respond: () => undefined }, false],
      ['Base44 does not answer', { options: { resilience: false } }, true],
    ])('after its timeout when %s', async (_, options, hangs) => {
      const { http, base44 } = await providerCalls(options);
      if (hangs) base44.fault({ respond: faults.hang() });
      const error: unknown = await http.axiosRef
        .get('/x', { timeout: 300 })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(AxiosError);
      expect(error).toMatchObject({
        code: 'ECONNABORTED',
        message: 'timeout of 300ms exceeded',
        config: { url: '/x' },
      });
    });
  });

  it.each([
    [{ transitional: { clarifyTimeoutError: true } }, 'ETIMEDOUT', 'timeout of 300ms exceeded'],
    [{ timeoutErrorMessage: 'too slow' }, 'ECONNABORTED', 'too slow'],
  ])('has the timeout error of axios with %j', async (config, code, message) => {
    const { http, base44, connectors } = await providerCalls({ respond: () => undefined });
    const call = () => http.axiosRef.get('/x', { timeout: 300, ...config });
    await expect(call()).rejects.toMatchObject({ code, message });
    await connectors.invalidate('crm');
    base44.fault({ respond: faults.hang() });
    await expect(call()).rejects.toMatchObject({ code, message });
  });

  it('resolves a relative URL that contains another URL against the base URL', async () => {
    const { http, provider } = await providerCalls();
    await http.axiosRef.get('proxy?to=https://evil.example/x');
    expect(provider.requests.map(({ path }) => path)).toEqual([
      '/v1/proxy?to=https://evil.example/x',
    ]);
  });

  it('does not show the token in a stream that it is sending', async () => {
    const { http, provider } = await providerCalls();
    const [token] = provider.good;
    const body = new PassThrough();
    const called = http.axiosRef.post<Echo>('/x', body);
    body.write('a part');
    await waitFor(() => provider.server.sockets.size > 0);
    await sleep(100);
    expect(inspect(body, { depth: 12, showHidden: true })).not.toContain(token);
    body.end(' and the rest');
    await expect(called).resolves.toMatchObject({ data: { body: 'a part and the rest' } });
  });

  it('leaves no listener on its signal and its cancelToken', async () => {
    const { http } = await providerCalls();
    const { signal } = new AbortController();
    const { token } = axios.CancelToken.source();
    await http.axiosRef.get('/x', { signal, cancelToken: token });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect((token as { _listeners?: unknown[] })._listeners ?? []).toEqual([]);
  });

  it("has no routing of the application's global axios", async () => {
    const routing = {
      baseURL: 'https://elsewhere.example',
      proxy: { host: '127.0.0.1', port: 1 },
      httpAgent: new Agent(),
      httpsAgent: new HttpsAgent(),
      transport: {},
      lookup: () => undefined,
      beforeRedirect: () => undefined,
    };
    changeAxiosDefaults(routing);
    const { connectors } = await providerCalls({ options: { useEnvironmentProxy: true } });
    const { defaults } = connectors.http('wrike').axiosRef;
    expect(Object.keys(routing).filter((name) => name in defaults)).toEqual([]);
  });

  it('does not end before its timeout', async () => {
    const { http } = await providerCalls({
      respond: (_, response) =>
        void setTimeout(() => {
          json(response, 200, {});
        }, 100),
    });
    await expect(http.axiosRef.get('/x', { timeout: 10_000 })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('sends nothing after its timeout', async () => {
    const { http, base44, provider } = await providerCalls();
    provider.good.clear();
    const gate = createGate();
    provider.beforeUnauthorized = () => gate.opened;
    const called = http.axiosRef.post('/x', {}, { timeout: 1_000 });
    called.catch(() => undefined);
    await waitFor(() => provider.requests.length === 1);
    await expect(called).rejects.toThrow('timeout of 1000ms');
    const requested = base44.requests.length;
    base44.connect('crm', { accessToken: goodToken(provider) });
    gate.open();
    await sleep(200);
    expect(provider.requests).toHaveLength(1);
    expect(base44.requests).toHaveLength(requested);
  });

  it('treats a timeout beyond the range of timers as a long one', async () => {
    const { http } = await providerCalls();
    await expect(http.axiosRef.get('/x', { timeout: 2 ** 31 })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('rejects with the typed errors of the module unchanged', async () => {
    const { http, base44 } = await providerCalls();
    base44.disconnect('crm');
    await expect(firstValueFrom(http.get('/x'))).rejects.toMatchObject({
      name: 'ConnectorNotConnectedError',
      code: 'CONNECTOR_NOT_CONNECTED',
    });
  });

  it('does not change errors that callers share', async () => {
    const { http, base44 } = await providerCalls();
    base44.disconnect('crm');
    const getStack = async (): Promise<string | undefined> =>
      ((await http.axiosRef.get('/x').catch((caught: unknown) => caught)) as Error).stack;
    const first = await getStack();
    for (let call = 0; call < 100; call += 1) await getStack();
    expect((await getStack())?.length).toBe(first?.length);
  });

  it('applies the size limits of axios to requests and responses', async () => {
    const { http, provider } = await providerCalls({
      respond: (_, response) => {
        json(response, 200, 'x'.repeat(10_000));
      },
    });
    await expect(http.axiosRef.get('/x', { maxContentLength: 100 })).rejects.toMatchObject({
      code: 'ERR_BAD_RESPONSE',
    });
    await expect(
      http.axiosRef.post('/x', 'x'.repeat(1_000), { maxBodyLength: 100 }),
    ).rejects.toMatchObject({ name: 'AxiosError' });
    expect(provider.requests).toHaveLength(1);
  });

  it('closes its idle connections when the application closes', async () => {
    const { http, module, provider } = await providerCalls();
    await http.axiosRef.get('/x');
    expect(provider.server.sockets.size).toBe(1);
    await module.close();
    // An idle connection would stay open for seconds.
    await waitFor(() => provider.server.sockets.size === 0, 2_000);
  });
});
