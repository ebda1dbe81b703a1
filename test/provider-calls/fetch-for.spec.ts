import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  ConnectorsService,
  type IncomingRequest,
} from 'nestjs-base44-connectors';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import {
  CALENDAR,
  getUserToken,
  readUserToken,
  startBase44,
  toCredentials,
} from '../identity/ambient-identity.fixture.js';
import { catchError, createGate, sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { openTestServer } from '../support/open-server.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';
import {
  getSentToken,
  goodToken,
  json,
  providerCalls,
  type ProviderCalls,
} from './provider-calls.fixture.js';

const MIB = 1_048_576;

/** The provider rejects the cached token from now on. Base44 has another one. */
async function revoke({ base44, connectors, provider }: ProviderCalls): Promise<void> {
  await connectors.getConnection('crm');
  provider.good.clear();
  base44.connect('crm', { accessToken: goodToken(provider) });
}

/** Creates a stream of text. It waits for the functions among its pieces. */
function streamOf(...pieces: (string | (() => Promise<unknown>))[]): ReadableStream {
  return ReadableStream.from(
    (async function* () {
      for (const piece of pieces) {
        if (typeof piece === 'string') yield Buffer.from(piece);
        else await piece();
      }
    })(),
  );
}

const toRequest = (url: string, body: unknown, init: RequestInit = {}): Request =>
  new Request(url, {
    method: 'POST',
    duplex: 'half',
    ...init,
    body: body as NonNullable<RequestInit['body']>,
  });

describe('The fetch of fetchFor', () => {
  describe('sends a Request with a small body once more after a 401', () => {
    it.each<[string, unknown, string | RegExp]>([
      ['text', '{"a":1}', '{"a":1}'],
      ['bytes', Buffer.from([1, 2, 3]), '\u0001\u0002\u0003'],
      ['a file', new Blob(['content']), 'content'],
      ['parameters', new URLSearchParams({ a: '1 2' }), 'a=1+2'],
      ['a form', toForm(), /name="name"\r\n\r\nAda/],
      ['a short stream', streamOf('one ', 'two'), 'one two'],
      ['1 MiB', 'x'.repeat(MIB), /^x{1048576}$/],
      ['nothing', '', ''],
    ])('%s', async (_, body, sent) => {
      const calls = await providerCalls();
      await revoke(calls);
      const request = toRequest(`${calls.provider.url}/v1/x`, body, {
        headers: { 'X-Own': '1' },
      });
      const type = request.headers.get('content-type');
      const response = await calls.connectors.fetchFor('crm')(request);
      expect(response.status).toBe(200);
      const { requests } = calls.provider;
      expect(requests.map(({ body: received }) => received)).toEqual(
        Array(2).fill(typeof sent === 'string' ? sent : expect.stringMatching(sent)),
      );
      for (const received of requests) {
        expect(getHeader(received, 'x-own')).toBe('1');
        expect(getHeader(received, 'content-type') ?? null).toBe(type);
      }
      expect(request.bodyUsed).toBe(true);
    });

    it('also when it is the init', async () => {
      const calls = await providerCalls();
      await revoke(calls);
      const init = toRequest('http://elsewhere.example', 'of the init');
      const response = await calls.connectors.fetchFor('crm')('/x', init);
      expect(response.status).toBe(200);
      expect(calls.provider.requests.map(({ body }) => body)).toEqual(Array(2).fill('of the init'));
    });

    it('also after a redirect that keeps the body', async () => {
      const { connectors, provider } = await providerCalls({
        respond: ({ path }, response) => {
          if (path === '/v1/old') json(response, 307, {}, { Location: '/v1/new' });
          else json(response, 200, {});
        },
      });
      await connectors.fetchFor('crm')(toRequest(`${provider.url}/v1/old`, 'kept'));
      expect(provider.requests.map(({ path, body }) => [path, body])).toEqual([
        ['/v1/old', 'kept'],
        ['/v1/new', 'kept'],
      ]);
    });

    it('with the body at the call, although its headers change later', async () => {
      const { connectors, provider } = await providerCalls();
      const request = toRequest(`${provider.url}/v1/x`, 'now', { headers: { 'X-Own': 'now' } });
      const called = connectors.fetchFor('crm')(request);
      request.headers.set('X-Own', 'later');
      await called;
      expect(getHeader(provider.requests[0]!, 'x-own')).toBe('now');
    });
  });

  it('sends a Request without a body', async () => {
    const { connectors, provider } = await providerCalls();
    await connectors.fetchFor('crm')(new Request(`${provider.url}/v1/x`));
    expect(provider.requests).toMatchObject([{ method: 'GET', path: '/v1/x', body: '' }]);
  });

  describe('sends the body of a Request as it comes', () => {
    it('when the Request is of another package, with a stream of Node.js', async () => {
      const { connectors, provider } = await providerCalls();
      const other = {
        [Symbol.toStringTag]: 'Request',
        url: `${provider.url}/v1/other`,
        method: 'POST',
        body: Readable.from([Buffer.from('of the other')]),
      };
      await connectors.fetchFor('crm')(other as unknown as Request);
      expect(provider.requests).toMatchObject([{ method: 'POST', body: 'of the other' }]);
    });

    it('when it is longer than 1 MiB, and returns the 401', async () => {
      const calls = await providerCalls();
      await revoke(calls);
      const body = 'x'.repeat(MIB + 1);
      const response = await calls.connectors.fetchFor('crm')(
        toRequest(`${calls.provider.url}/v1/x`, body),
      );
      expect(response.status).toBe(401);
      expect(calls.provider.requests.map((received) => received.body)).toEqual([body]);
    });

    it('when its producer waits for the provider', async () => {
      const received = createGate();
      const server = createServer((request, response) => {
        request.once('data', () => {
          received.open();
        });
        request.on('end', () => response.end('received'));
      });
      const { url } = await openTestServer(server);
      const { connectors } = await providerCalls({ feature: () => ({ baseURL: url }) });
      const request = toRequest(
        url,
        streamOf('first', () => received.opened, 'last'),
      );
      const response = await connectors.fetchFor('crm')(request);
      await expect(response.text()).resolves.toBe('received');
    });

    it('when it is an init of connectors.fetch', async () => {
      const calls = await providerCalls();
      await revoke(calls);
      const request = toRequest(`${calls.provider.url}/v1/x`, 'hello');
      await expect(calls.connectors.fetch('crm', request)).resolves.toMatchObject({ status: 401 });
    });
  });

  describe('rejects a Request like fetch', () => {
    it.each<[string, (url: string) => Promise<Request> | Request]>([
      ['whose body has been read in part', readRequest],
      ['whose body is being read', lockRequest],
      ['whose stream fails', (url) => toRequest(url, streamOf('first', failLater))],
    ])('%s', async (_, create) => {
      const server = createServer((request) => request.on('error', () => undefined).resume());
      const { url } = await openTestServer(server);
      const { connectors } = await providerCalls({ feature: () => ({ baseURL: url }) });
      const ours = await catchError(connectors.fetchFor('crm')(await create(url)));
      const theirs = await catchError(fetch(await create(url)));
      expect([ours.name, theirs.name]).toEqual(['TypeError', 'TypeError']);
    });

    it('whose signal aborts while the body is read ahead, without a wait for the body', async () => {
      const { connectors, base44, provider } = await providerCalls();
      const controller = new AbortController();
      const gate = createGate();
      const send = (init: RequestInit): Promise<Response> => {
        const body = streamOf('first', () => gate.opened);
        return connectors.fetchFor('crm')(toRequest(`${provider.url}/v1/x`, body, init));
      };
      const waiting = send({});
      await sleep(300);
      const called = send({ signal: controller.signal });
      const reason = new Error('enough of it');
      setTimeout(() => {
        controller.abort(reason);
      }, 20);
      await expect(called).rejects.toBe(reason);
      // The earlier call still waits for its body, so this one did not wait for a second.
      expect(base44.requests).toEqual([]);
      gate.open();
      await expect(waiting).resolves.toMatchObject({ status: 200 });
      expect(provider.requests).toHaveLength(1);
    });

    it('for another origin, whose body it does not read', async () => {
      const { connectors, base44 } = await providerCalls();
      const request = toRequest('https://evil.example/x', 'secret');
      const called = connectors.fetchFor('crm')(request);
      await expect(called).rejects.toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
      expect([request.bodyUsed, base44.requests]).toEqual([false, []]);
    });
  });

  it('sends the JSON in a Request to a metered connector', async () => {
    const bodies: unknown[] = [];
    const { connectors, base44 } = await providerCalls();
    base44.meter('x', {
      respond: ({ body }) => {
        bodies.push(body);
        return { data: { ok: true } };
      },
    });
    const send = connectors.fetchFor('x');
    const response = await send(toRequest('https://api.x.com/2/tweets', '{"text":"hä?"}'));
    await expect(response.json()).resolves.toEqual({ ok: true });
    await expect(send(toRequest('https://api.x.com/2/x', 'no JSON'))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(bodies).toEqual([{ text: 'hä?' }]);
  });

  describe('waits for rate limits', () => {
    it.each<[string, boolean | undefined, boolean | undefined, object, number]>([
      ['with retry: true', undefined, true, {}, 2],
      ['with retry: true in forFeature', true, undefined, {}, 2],
      ['unless retry: false overrides it', true, false, {}, 1],
      ['unless nothing says so', undefined, undefined, {}, 1],
      ['unless the option is one of the SDK in init', undefined, undefined, { retry: true }, 1],
    ])('%s', async (_, ofFeature, retry, init, requests) => {
      const { connectors, provider } = await providerCalls({
        feature: () => (ofFeature === undefined ? {} : { retry: ofFeature }),
        respond: (_request, response) => {
          json(response, 429, {}, { 'Retry-After': provider.requests.length > 1 ? 'never' : '0' });
        },
      });
      await connectors.fetchFor('crm', { retry })('/x', init);
      expect(provider.requests).toHaveLength(requests);
    });
  });
});

/** The sender of a request. Handlers may change it. */
interface Session extends IncomingRequest {
  userToken?: string | undefined;
}

const sent: Record<string, typeof fetch> = {};

@Controller()
class SessionsController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  /** Stores a `fetch` for later. The session has another user then. */
  @Get('store')
  store(@Req() session: Session, @Query('name') name: string): void {
    session.userToken = readUserToken(session);
    sent[name] = this.connectors.fetchFor(CALENDAR);
    session.userToken = 'somebody-else';
  }

  @Get('use')
  async use(@Query('name') name: string): Promise<unknown> {
    return (await sent[name]!('/me')).json();
  }
}

describe('The identity of fetchFor', () => {
  const start = async () => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const provider = await startRecordingServer((request, response) => {
      json(response, 200, getSentToken(request));
    });
    const request = { appUserToken: ({ userToken }: Session) => userToken };
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({ ...toOptions(base44), request }),
        ConnectorsModule.forFeature(
          [CALENDAR, 'slack'].map((connector) => ({ connector, baseURL: provider.url })),
        ),
      ],
      controllers: [SessionsController],
    }).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const get = async (path: string, user: EmulatedAppUser): Promise<string> =>
      (await fetch(url + path, { headers: toCredentials(user) })).text();
    const [anna, ben] = users as [EmulatedAppUser, EmulatedAppUser];
    return { base44, connectors: app.get(ConnectorsService), provider, anna, ben, get };
  };

  it('is that of the request at the call, later and in requests of others too', async () => {
    const { anna, ben, get } = await start();
    await get('/store?name=ofAnna', anna);
    await get('/store?name=ofBen', ben);
    await expect(get('/use?name=ofAnna', ben)).resolves.toBe(getUserToken(anna));
    await expect(get('/use?name=ofBen', anna)).resolves.toBe(getUserToken(ben));
    await expect((await sent.ofAnna!('/me')).json()).resolves.toBe(getUserToken(anna));
  });

  it('is the service role outside of requests', async () => {
    const { base44, connectors } = await start();
    const response = await connectors.fetchFor('slack')('/me');
    await expect(response.json()).resolves.toBe('xoxb-1');
    expect(base44.requests.map(({ headers }) => headers['on-behalf-of'])).toEqual([undefined]);
  });

  it('is the service role outside of requests, so it rejects for the connector of a user', async () => {
    const { anna, base44, connectors, get, provider } = await start();
    sent.ofNobody = connectors.fetchFor(CALENDAR);
    await expect(sent.ofNobody('/me')).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
    await expect(get('/use?name=ofNobody', anna)).resolves.toContain('APP_USER_REQUIRED');
    expect([...base44.requests, ...provider.requests]).toEqual([]);
  });

  it('is read at the call, which throws when it cannot be read', async () => {
    const { connectors } = await start();
    const bound = connectors.asAppUser('two words');
    await expect(catchError(() => bound.fetchFor(CALENDAR))).resolves.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(catchError(() => connectors.fetchFor('../x'))).resolves.toMatchObject({
      code: 'INVALID_CONNECTOR',
    });
  });
});

function toForm(): FormData {
  const form = new FormData();
  form.set('name', 'Ada');
  return form;
}

async function readRequest(url: string): Promise<Request> {
  const request = toRequest(
    url,
    streamOf('first', () => sleep(5), 'last'),
  );
  const reader = request.body!.getReader();
  await reader.read();
  reader.releaseLock();
  return request;
}

function lockRequest(url: string): Request {
  const request = toRequest(url, 'locked');
  request.body?.getReader();
  return request;
}

async function failLater(): Promise<never> {
  await sleep(5);
  throw new Error('of the producer');
}
