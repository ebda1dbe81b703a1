import type { ServerResponse } from 'node:http';
import type { ConnectorsModuleOptions, ConnectorsService } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { sleep, catchError, waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import {
  getHeader,
  type RecordingServer,
  startRecordingServer,
  type Responder,
  respondWith,
} from '../support/recording-server.js';
import { drip, startSlowServer } from '../support/slow-server.js';
import { FUNCTION_PATH, newSecret } from './broker.fixture.js';

const usable = respondWith({ access_token: 'token', connection_config: null });
const page = '<!doctype html><title>My app</title>';

/** Starts an application whose broker is another server. */
function behind(
  origin: string,
  resilience: ConnectorsModuleOptions['resilience'] = {},
  more: Partial<ConnectorsModuleOptions> = {},
): Promise<ConnectorsService> {
  const broker = { url: origin + FUNCTION_PATH, secret: newSecret() };
  return createConnectors({ broker, resilience, ...more });
}

/** Sends these responses in turn, and repeats the last one. */
function inTurn(...responders: Responder[]): Responder {
  return (request, response) => {
    const respond = responders.length > 1 ? responders.shift() : responders[0];
    respond?.(request, response);
  };
}

function saying(status: number, body: string, contentType: string): Responder {
  return (_request, response) =>
    response.writeHead(status, { 'Content-Type': contentType }).end(body);
}

const reset: Responder = (_request, response: ServerResponse) => {
  response.req.socket.resetAndDestroy();
};

function getNonces({ requests }: RecordingServer): Set<string | undefined> {
  return new Set(requests.map((request) => getHeader(request, 'x-connectors-nonce')));
}

describe('A broker that', () => {
  it.each<[string, Responder]>([
    ['fails', saying(502, 'Bad Gateway', 'text/plain')],
    ['is being deployed', saying(503, page, 'text/html')],
    ['cuts the connection', reset],
  ])('%s for a moment gets another request with a new signature', async (_, fault) => {
    const server = await startRecordingServer(inTurn(fault, fault, usable));
    const connectors = await behind(server.url, { retries: 2 });
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'token',
    });
    expect(server.requests).toHaveLength(3);
    expect(getNonces(server).size).toBe(3);
  });

  it.each<[string, Responder]>([
    ['fails', saying(502, 'Bad Gateway', 'text/plain')],
    ['cuts the connection', reset],
  ])('%s gets no second request for a call that it may have executed', async (_, fault) => {
    const server = await startRecordingServer(fault);
    const connectors = await behind(server.url, { retries: 2 });
    await expect(connectors.callApi('slack', { path: '/' })).rejects.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is slow may use the whole attempt timeout', async () => {
    const server = await startRecordingServer((request, response) => {
      setTimeout(() => {
        usable(request, response);
      }, 300);
    });
    const connectors = await behind(server.url, { attemptTimeoutMs: 10_000 });
    await expect(connectors.getConnection('slack')).resolves.toBeDefined();
  });

  it.each([
    ['never answers', () => undefined],
    ['drips', drip('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n', ' ')],
  ])('%s fails a call at its deadline', async (_, answer) => {
    const server = await startSlowServer(answer);
    const connectors = await behind(server.url, { attemptTimeoutMs: 200, deadlineMs: 400 });
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      retryable: true,
    });
    await waitFor(() => server.sockets.size === 0);
  });

  it('is down opens the breaker', async () => {
    const server = await startRecordingServer(saying(502, '', 'text/plain'));
    const breaker = { failureThreshold: 3, halfOpenAfterMs: 60_000 };
    const connectors = await behind(server.url, { breaker });
    for (let count = 0; count < 10; count += 1) await catchError(connectors.getConnection('slack'));
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it('is down does not fail calls with a stale connection', async () => {
    const server = await startRecordingServer(inTurn(usable, reset));
    const cache = { ttlMs: 1, staleIfErrorMs: 60_000 };
    const connectors = await behind(server.url, {}, { cache });
    await connectors.getConnection('slack');
    await sleep(10);
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'token',
    });
  });

  it('does not listen is named in the error', async () => {
    const connectors = await behind(`http://127.0.0.1:${await findFreePort()}`);
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE', isSent: false });
    expect(error.message).toContain('broker.url');
  });

  it.each<[string, Responder]>([
    ['a 404', respondWith({ detail: 'Not Found' }, 404)],
    ['a page at 404', saying(404, page, 'text/html')],
    ['a 405', saying(405, page, 'text/html')],
    ['a page at 200', saying(200, page, 'text/html')],
  ])('responds with %s counts as not deployed', async (_, respond) => {
    const server = await startRecordingServer(respond);
    const connectors = await behind(server.url, { retries: 2 });
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BROKER_NOT_DEPLOYED', retryable: false });
    expect(error.message).toContain("Deploy it with 'npx nestjs-base44-connectors broker init'");
    expect(server.requests).toHaveLength(1);
  });

  it('is not deployed fails also calls for an optional connector', async () => {
    const server = await startRecordingServer(respondWith({ detail: 'Not Found' }, 404));
    const connectors = await behind(server.url, {}, { cache: { negativeTtlMs: 60_000 } });
    for (let count = 0; count < 2; count += 1) {
      await expect(connectors.getConnection('slack')).rejects.toMatchObject({
        code: 'BROKER_NOT_DEPLOYED',
      });
    }
  });

  it.each<[string, Responder]>([
    [
      'ten megabytes',
      saying(200, `{"access_token":"${'a'.repeat(10_000_000)}"}`, 'application/json'),
    ],
    ['no token', respondWith({})],
    ['a list', respondWith([])],
    ['a number', respondWith(7)],
    ['a token with a line break', respondWith({ access_token: 'a\r\nb' })],
    ['a response of another server', respondWith({ ok: true })],
  ])('responds with %s is rejected', async (_, respond) => {
    const connectors = await behind((await startRecordingServer(respond)).url);
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
  });

  it('redirects is not followed', async () => {
    const other = await startRecordingServer(usable);
    const server = await startRecordingServer((_request, response) =>
      response.writeHead(307, { Location: other.url + FUNCTION_PATH }).end(),
    );
    const connectors = await behind(server.url);
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
    expect(other.requests).toEqual([]);
  });
});

describe('A request to a broker', () => {
  it('is signed, names the user only by a hash, and carries the user token as a bearer token', async () => {
    const server = await startRecordingServer(usable);
    const connectors = (await behind(server.url)).asAppUser('user-token');
    await connectors.getConnection({ appUserConnector: 'cal1' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: FUNCTION_PATH });
    expect(getHeader(request!, 'authorization')).toBe('Bearer user-token');
    expect(getHeader(request!, 'x-connectors-signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(request!.body).not.toContain('user-token');
    expect(JSON.parse(request!.body)).toMatchObject({
      operation: 'connection',
      connector: { kind: 'appUserConnector', id: 'cal1' },
    });
  });

  it('never contains the secret', async () => {
    const server = await startRecordingServer(usable);
    const secret = newSecret();
    const connectors = await createConnectors({
      broker: { url: server.url + FUNCTION_PATH, secret },
    });
    await connectors.getConnection('slack');
    expect(JSON.stringify(server.requests)).not.toContain(secret);
  });
});
