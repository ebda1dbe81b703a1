import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { firstValueFrom } from 'rxjs';
import { sleep, waitFor } from '../support/async.js';
import { json, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';

describe('An idle socket of the HttpService', () => {
  it('is closed before a middlebox forgets it', async () => {
    const calls = await providerCalls({
      respond: (_, response) => {
        // The provider itself keeps idle sockets, and does not tell for how long.
        response.shouldKeepAlive = true;
        (response.req.socket as Socket & { server: Server }).server.keepAliveTimeout = 0;
        json(response, 200, {});
      },
    });
    const opened = new Set<Socket>();
    await firstValueFrom(calls.http.get('/x'));
    for (const socket of calls.provider.server.sockets) opened.add(socket);
    expect(opened.size).toBe(1);
    await waitFor(() => calls.provider.server.sockets.size === 0);
    await expect(firstValueFrom(calls.http.get('/x'))).resolves.toMatchObject({ status: 200 });
  });

  it('is reused by the next request', async () => {
    const calls = await providerCalls();
    await firstValueFrom(calls.http.get('/x'));
    const [first] = calls.provider.server.sockets;
    await firstValueFrom(calls.http.get('/x'));
    expect([...calls.provider.server.sockets]).toEqual([first]);
  });

  it('does not limit the time of a request', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: (_, response) => {
        if (calls.provider.requests.length === 1) json(response, 200, {});
        else
          setTimeout(() => {
            json(response, 200, {});
          }, 6_000);
      },
    });
    await firstValueFrom(calls.http.get('/x'));
    await expect(firstValueFrom(calls.http.get('/x'))).resolves.toMatchObject({ status: 200 });
  });
});

describe('A socket that the provider resets when it is reused', () => {
  /** A provider that resets each socket at its second request. */
  const start = (): Promise<ProviderCalls> => {
    const used = new WeakSet<Socket>();
    return providerCalls({
      respond: ({ method }, response) => {
        const { socket } = response.req;
        if (used.has(socket)) socket.resetAndDestroy();
        else json(response, 200, { method });
        used.add(socket);
      },
    });
  };

  it.each(['GET', 'PUT', 'DELETE'])('costs no caller of %s an error', async (method) => {
    const calls = await start();
    for (let round = 0; round < 10; round += 1) {
      const call = calls.http.request({ url: '/x', method, data: 'hello' });
      await expect(firstValueFrom(call)).resolves.toMatchObject({ status: 200 });
    }
  });

  it('is an error of POST, because the provider may have executed it', async () => {
    const calls = await start();
    await firstValueFrom(calls.http.get('/x'));
    await expect(firstValueFrom(calls.http.post('/x', 'hello'))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it('costs no caller an error without redirects either', async () => {
    const calls = await start();
    for (let round = 0; round < 2; round += 1) {
      const call = calls.http.get('/x', { maxRedirects: 0 });
      await expect(firstValueFrom(call)).resolves.toMatchObject({ status: 200 });
    }
  });

  it('is an error when the response has begun', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: (_, response) => {
        if (calls.provider.requests.length === 1) json(response, 200, {});
        else {
          response.writeHead(200, { 'Content-Encoding': 'gzip' });
          response.write(gzipSync('x'.repeat(1_000)).subarray(0, 12));
          setTimeout(() => response.req.socket.resetAndDestroy(), 20);
        }
      },
    });
    await firstValueFrom(calls.http.get('/x'));
    await expect(firstValueFrom(calls.http.get('/x'))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it('is an error when the new socket is reset too', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: (_, response) => {
        if (calls.provider.requests.length === 1) json(response, 200, {});
        else response.req.socket.resetAndDestroy();
      },
    });
    await firstValueFrom(calls.http.get('/x'));
    await expect(firstValueFrom(calls.http.get('/x'))).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(calls.provider.requests).toHaveLength(3);
  });
});

it('A socket that the provider resets at its first request is an error', async () => {
  const calls = await providerCalls({
    respond: (_, response) => {
      response.req.socket.resetAndDestroy();
    },
  });
  await expect(firstValueFrom(calls.http.get('/x'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(calls.provider.requests).toHaveLength(1);
});

it('A burst of 800 requests opens at most 128 sockets', async () => {
  const calls = await providerCalls({
    respond: (_, response) =>
      void setTimeout(() => {
        json(response, 200, {});
      }, 20),
  });
  let most = 0;
  const requests = Array.from({ length: 800 }, (_, index) =>
    firstValueFrom(calls.http.get(`/${index}`)),
  );
  const settled = Promise.all(requests);
  while (calls.provider.requests.length < 800) {
    most = Math.max(most, calls.provider.server.sockets.size);
    await sleep(5);
  }
  await settled;
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(128);
});
