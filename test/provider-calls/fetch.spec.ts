import { Readable } from 'node:stream';
import { faults } from 'nestjs-base44-connectors/testing';
import { sleep, waitFor } from '../support/async.js';
import { getHeader } from '../support/recording-server.js';
import { json, providerCalls } from './provider-calls.fixture.js';

describe('connectors.fetch', () => {
  describe('accepts', () => {
    it.each([
      ['/contacts', '/v1/contacts'],
      ['contacts', '/v1/contacts'],
      ['/contacts?limit=1&q=a b', '/v1/contacts?limit=1&q=a%20b'],
      ['?limit=1', '/v1?limit=1'],
      ['', '/v1'],
      ['#top', '/v1'],
      ['/contacts/users:batch', '/v1/contacts/users:batch'],
      ['/ä', '/v1/%C3%A4'],
    ])('the path %p, below the base URL', async (url, arrived) => {
      const { connectors, provider } = await providerCalls();
      await connectors.fetch('crm', url);
      expect(provider.requests.map(({ path }) => path)).toEqual([arrived]);
    });

    it('an absolute URL of the origin, as text, as a URL and in a Request', async () => {
      const { connectors, provider } = await providerCalls();
      const url = `${provider.url}/v2/x`;
      await connectors.fetch('crm', url);
      await connectors.fetch('crm', new URL(url));
      await connectors.fetch('crm', new Request(url));
      expect(provider.requests.map(({ path }) => path)).toEqual(['/v2/x', '/v2/x', '/v2/x']);
    });

    it.each(['/a//b', 'items/a:b', 'undefined'])('%p below the base URL', async (url) => {
      const { connectors, provider } = await providerCalls();
      await connectors.fetch('crm', url);
      expect(provider.requests[0]?.path).toBe(`/v1/${url.replace(/^\//, '')}`);
    });

    it('a Request with all its properties, and an init that overrides them', async () => {
      const { connectors, provider } = await providerCalls();
      const request = new Request(`${provider.url}/v1/x`, {
        method: 'POST',
        headers: { 'X-Own': '1' },
        body: 'of the request',
      });
      await connectors.fetch('crm', request.clone());
      await connectors.fetch('crm', request, { method: 'PUT', body: 'beside it' });
      expect(provider.requests.map(({ method, body }) => [method, body])).toEqual([
        ['POST', 'of the request'],
        ['PUT', 'beside it'],
      ]);
      expect(getHeader(provider.requests[0]!, 'x-own')).toBe('1');
    });

    it('a Request without init', async () => {
      const { connectors, provider } = await providerCalls();
      const request = new Request(`${provider.url}/v1/x`, { method: 'PUT', body: 'hello' });
      const nothing = { method: undefined, headers: undefined, body: undefined };
      await connectors.fetch('crm', request, nothing as unknown as RequestInit);
      expect(provider.requests).toMatchObject([{ method: 'PUT', body: 'hello' }]);
    });

    it('headers and bodies in their state at the call, although they change later', async () => {
      const { connectors, provider } = await providerCalls();
      const headers = new Headers();
      const bytes = Buffer.from('0');
      const { buffer } = new Uint8Array(1);
      const parameters = new URLSearchParams();
      const form = new FormData();
      const called = ['1', '2', '3'].flatMap((id) => {
        headers.set('X-Id', id);
        bytes.write(id);
        new Uint8Array(buffer).set(Buffer.from(id));
        parameters.set('id', id);
        form.set('id', id);
        return [bytes, buffer, parameters, form].map((body) =>
          connectors.fetch('crm', '/x', { method: 'POST', headers, body }),
        );
      });
      await Promise.all(called);
      const arrived = provider.requests.map((request) => {
        const id = getHeader(request, 'x-id') ?? '';
        return [id, request.body.includes(id), request.body.match(/[123]/g)?.includes(id)];
      });
      expect(arrived).toHaveLength(12);
      expect(arrived.every(([, holds, only]) => holds && only)).toBe(true);
    });

    it('methods, headers and bodies as fetch does', async () => {
      const { connectors, provider } = await providerCalls();
      await connectors.fetch('crm', '/x', {
        method: 'PATCH',
        headers: [['X-Own', '1']],
        body: JSON.stringify({ a: 1 }),
      });
      const [request] = provider.requests;
      expect(request).toMatchObject({ method: 'PATCH', body: '{"a":1}' });
      expect(getHeader(request!, 'x-own')).toBe('1');
    });

    it('null for init', async () => {
      const { connectors } = await providerCalls();
      const init = null as unknown as RequestInit;
      await expect(connectors.fetch('crm', '/x', init)).resolves.toMatchObject({ status: 200 });
    });

    it('an init without a prototype', async () => {
      const { connectors, provider } = await providerCalls();
      const init = Object.assign(Object.create(null) as RequestInit, { method: 'PUT' });
      await connectors.fetch('crm', '/x', init);
      expect(provider.requests).toMatchObject([{ method: 'PUT' }]);
    });

    it('a Request as init, with its method, headers and body', async () => {
      const { connectors, provider } = await providerCalls();
      const init = new Request('http://elsewhere.example/', {
        method: 'POST',
        headers: { 'X-Own': '1' },
        body: 'of the init',
      });
      await connectors.fetch('crm', '/x', init);
      expect(provider.requests).toMatchObject([{ method: 'POST', body: 'of the init' }]);
      expect(getHeader(provider.requests[0]!, 'x-own')).toBe('1');
    });

    it('an init with inherited and computed members', async () => {
      const { connectors, provider } = await providerCalls();
      class Init {
        get method(): string {
          return 'PUT';
        }
      }
      const inherited = Object.create({ method: 'PATCH', body: 'inherited' }) as RequestInit;
      await connectors.fetch('crm', '/x', new Init());
      await connectors.fetch('crm', '/x', inherited);
      await connectors.fetch('crm', new Request(`${provider.url}/v1/x`), inherited);
      expect(provider.requests.map(({ method, body }) => `${method} ${body}`)).toEqual([
        'PUT ',
        'PATCH inherited',
        'PATCH inherited',
      ]);
    });

    it('an init, of which it reads each known member once', async () => {
      const { connectors } = await providerCalls();
      const names = [
        ...['body', 'cache', 'credentials', 'dispatcher', 'duplex', 'headers', 'integrity'],
        ...['keepalive', 'method', 'mode', 'priority', 'redirect', 'referrer', 'referrerPolicy'],
        ...['retry', 'signal'],
      ];
      const read: string[] = [];
      const init = {};
      for (const name of names) {
        Object.defineProperty(init, name, { get: () => void read.push(name) });
      }
      await connectors.fetch('crm', '/x', init);
      expect(read.sort()).toEqual(names);
    });

    it('the body of a Request beside a body of null', async () => {
      const { connectors, provider } = await providerCalls();
      const request = new Request(`${provider.url}/v1/x`, { method: 'POST', body: 'kept' });
      await connectors.fetch('crm', request, { body: null });
      expect(provider.requests).toMatchObject([{ method: 'POST', body: 'kept' }]);
    });

    it('a signal of null, which replaces that of a Request', async () => {
      const { connectors, provider } = await providerCalls();
      const request = new Request(`${provider.url}/v1/x`, { signal: AbortSignal.abort() });
      const called = connectors.fetch('crm', request, { signal: null });
      await expect(called).resolves.toMatchObject({ status: 200 });
    });

    it('a HEAD request, whose 401 has no body', async () => {
      const { connectors, provider } = await providerCalls();
      provider.good.clear();
      await expect(connectors.fetch('crm', '/x', { method: 'HEAD' })).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
      });
    });

    it('a Request of another package', async () => {
      const { connectors, provider } = await providerCalls();
      const other = {
        [Symbol.toStringTag]: 'Request',
        url: `${provider.url}/v1/other`,
        method: 'POST',
        headers: new Headers({ 'X-Own': '1' }),
        body: new Response('of the other').body,
      };
      await connectors.fetch('crm', other as unknown as Request);
      expect(provider.requests).toMatchObject([
        { method: 'POST', path: '/v1/other', body: 'of the other' },
      ]);
    });

    it('the dispatcher of a Request, where Node.js shows it', async () => {
      // undici 7 and later, of Node.js 24, hide it in a private field.
      const symbols = Object.getOwnPropertySymbols(new Request('http://localhost'));
      const isShown = symbols.some(({ description }) => description === 'dispatcher');
      const { connectors, provider } = await providerCalls();
      const dispatcher = {
        dispatch: () => {
          throw new Error('of the dispatcher');
        },
      };
      const init = { dispatcher } as unknown as RequestInit;
      const called = connectors.fetch('crm', new Request(`${provider.url}/v1/x`, init));
      const outcome = await called.catch((error: unknown) => (error as Error).cause);
      expect(outcome).toMatchObject(isShown ? { message: 'of the dispatcher' } : { status: 200 });
      expect(provider.requests).toHaveLength(isShown ? 0 : 1);
    });

    it('a stream as a body', async () => {
      const { connectors, provider } = await providerCalls();
      const body = Readable.from([Buffer.from('one '), Buffer.from('two')]);
      await connectors.fetch('crm', '/x', {
        method: 'POST',
        body: body as unknown as ReadableStream,
        duplex: 'half',
      });
      expect(provider.requests[0]!.body).toBe('one two');
    });

    it('an Authorization header, which it replaces with the token', async () => {
      const { connectors, provider } = await providerCalls();
      await connectors.fetch('crm', '/x', { headers: { authorization: 'Basic abc' } });
      expect(provider.good).toContain(provider.tokens[0]);
    });
  });

  describe('returns', () => {
    it('a Response of every status', async () => {
      const { connectors, provider } = await providerCalls({
        respond: (_, response) => {
          json(response, 418, { tea: true }, { 'X-Own': '1' });
        },
      });
      const response = await connectors.fetch('crm', '/x');
      expect(response).toBeInstanceOf(Response);
      expect(response.status).toBe(418);
      expect(response.ok).toBe(false);
      expect(response.url).toBe(`${provider.url}/v1/x`);
      expect(response.headers.get('x-own')).toBe('1');
      await expect(response.json()).resolves.toEqual({ tea: true });
    });

    it('a body as a stream before it is complete', async () => {
      let finish = (): void => undefined;
      const { connectors } = await providerCalls({
        respond: (_, response) => {
          response.write('first');
          finish = () => response.end('last');
        },
      });
      const response = await connectors.fetch('crm', '/x');
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      expect(decoder.decode((await reader.read()).value)).toBe('first');
      finish();
      expect(decoder.decode((await reader.read()).value)).toBe('last');
    });
  });

  describe('rejects', () => {
    it.each([
      ['a connector that is none', '../x', '/x', 'INVALID_CONNECTOR'],
      ['a foreign URL', 'crm', 'https://evil.example/x', 'ORIGIN_NOT_ALLOWED'],
      ['another host of the same scheme', 'crm', '//evil.example/x', 'ORIGIN_NOT_ALLOWED'],
      ['no URL', 'crm', 'https://', 'INVALID_REQUEST'],
      ['a malformed host', 'crm', '//[', 'INVALID_REQUEST'],
      ['a malformed host of an unusual scheme', 'crm', 'h2://[', 'INVALID_REQUEST'],
      ['undefined as the URL', 'crm', undefined, 'INVALID_REQUEST'],
      ['null as the URL', 'crm', null, 'INVALID_REQUEST'],
      ['a number as the URL', 'crm', 42, 'INVALID_REQUEST'],
      ['an object as the URL', 'crm', { href: '/x' }, 'INVALID_REQUEST'],
      ['a path without anything it is below', 'unknown', '/x', 'ORIGIN_NOT_ALLOWED'],
      ['a URL of an unknown connector', 'unknown', 'https://api.example/x', 'ORIGIN_NOT_ALLOWED'],
    ])('%s before it sends anything', async (_, connector, url, code) => {
      const { connectors, base44, provider } = await providerCalls();
      const rejected = connectors.fetch(connector, url as string);
      await expect(rejected).rejects.toMatchObject({ code });
      expect(base44.requests).toEqual([]);
      expect(provider.requests).toEqual([]);
    });

    it.each(['user@', 'user:pw@', ':pw@'])('a URL with %p', async (credentials) => {
      const { connectors, provider } = await providerCalls();
      const url = provider.url.replace('://', `://${credentials}`);
      await expect(connectors.fetch('crm', `${url}/v1/x`)).rejects.toMatchObject({
        code: 'ORIGIN_NOT_ALLOWED',
      });
      expect(provider.requests).toEqual([]);
    });

    it.each([42, 'POST', true])('%p as init', async (init) => {
      const { connectors, base44 } = await providerCalls();
      const called = connectors.fetch('crm', '/x', init as unknown as RequestInit);
      await expect(called).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: "The init of connector 'crm' must be an object.",
      });
      expect(base44.requests).toEqual([]);
    });

    it('with the types of a URL when it is none', async () => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch('crm', 42 as unknown as string)).rejects.toThrow(
        "The URL for connector 'crm' must be a string, a URL or a Request.",
      );
    });

    it('with the remedy when there is no base URL', async () => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch('unknown', '/x')).rejects.toThrow(
        "The API address of connector 'unknown' is not known. Check the name, or declare the address: " +
          "ConnectorsModule.forFeature([{ connector: 'unknown', baseURL: … }]).",
      );
    });

    it('with the remedy for a workspace connector without a base URL', async () => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch({ workspaceConnector: '66f0c2a41d' }, '/x')).rejects.toThrow(
        "forFeature([{ connector: { workspaceConnector: '66f0c2a41d' }, baseURL: … }]).",
      );
    });

    it.each(['/x', '//www.wrike.com/x'])(
      'with the remedy for %s without a base URL',
      async (url) => {
        const { connectors } = await providerCalls();
        await expect(connectors.fetch('wrike', url)).rejects.toThrow(
          "Connector 'wrike' has no base URL to resolve a path against. Pass an absolute URL at " +
            'https://app-eu.wrike.com or https://app-us2.wrike.com or https://www.wrike.com, ' +
            'or set baseURL in ConnectorsModule.forFeature().',
        );
      },
    );

    it.each([
      ['https://evil.example/x', 'https://evil.example'],
      ['https://ada@slack.com/x', 'https://slack.com with a user name or password'],
      ['https://:secret@slack.com/x', 'https://slack.com with a user name or password'],
      ['data:text/plain,x', 'a data: URL'],
    ])('with the allowed origins for %s', async (url, target) => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch('slack', url)).rejects.toMatchObject({
        code: 'ORIGIN_NOT_ALLOWED',
        connector: 'slack',
        message:
          `The token of connector 'slack' must not be sent to ${target}, only to https://slack.com and ` +
          'https://files.slack.com. Declare other origins in ConnectorsModule.forFeature().',
      });
    });

    it('with the accepted forms of a URL when it cannot be parsed', async () => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch('slack', 'https://[')).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: "The URL for connector 'slack' must be absolute or a path",
      });
    });

    it('with no suggestion for an ID that resembles the name of a connector', async () => {
      const { connectors } = await providerCalls();
      await expect(connectors.fetch({ workspaceConnector: 'slak' }, '/x')).rejects.toMatchObject({
        connector: 'slak',
        message: expect.stringContaining('is not known. Check the name, or declare') as unknown,
      });
    });

    it('with TypeError when the provider cannot be reached, as fetch does', async () => {
      const { connectors } = await providerCalls({
        feature: () => ({ baseURL: 'http://127.0.0.1:1' }),
      });
      await expect(connectors.fetch('crm', '/x')).rejects.toMatchObject({
        name: 'TypeError',
        message: 'fetch failed',
      });
    });

    it('with the error of the connection when that fails', async () => {
      const { connectors, base44 } = await providerCalls();
      base44.disconnect('crm');
      await expect(connectors.fetch('crm', '/x')).rejects.toMatchObject({
        code: 'CONNECTOR_NOT_CONNECTED',
      });
    });
  });

  describe('ends with the reason of its signal', () => {
    const reason = new Error('enough of it');

    it('when the signal is already aborted', async () => {
      const { connectors, base44 } = await providerCalls();
      const signal = AbortSignal.abort(reason);
      await expect(connectors.fetch('crm', '/x', { signal })).rejects.toBe(reason);
      expect(base44.requests).toEqual([]);
    });

    it('when the signal aborts during the request to Base44', async () => {
      const { connectors, base44 } = await providerCalls();
      base44.fault({ respond: faults.hang() });
      const controller = new AbortController();
      const called = connectors.fetch('crm', '/x', { signal: controller.signal });
      setTimeout(() => {
        controller.abort(reason);
      }, 50);
      await expect(called).rejects.toBe(reason);
    });

    it('when the signal aborts before the provider responds, and closes the connection', async () => {
      const { connectors, provider } = await providerCalls({ respond: () => undefined });
      const controller = new AbortController();
      const called = connectors.fetch('crm', '/x', { signal: controller.signal });
      called.catch(() => undefined);
      await waitFor(() => provider.requests.length === 1);
      controller.abort(reason);
      await expect(called).rejects.toBe(reason);
      await waitFor(() => provider.server.sockets.size === 0);
    });

    it.each([
      ['null', null],
      ['an object without a cause', { cause: null }],
      ['an object with data', { data: 'of the application' }],
    ])('unchanged, when the reason is %s', async (_, given) => {
      const { connectors, provider } = await providerCalls({ respond: () => undefined });
      const controller = new AbortController();
      const called = connectors.fetch('crm', '/x', { signal: controller.signal });
      called.catch(() => undefined);
      await waitFor(() => provider.requests.length === 1);
      const before = structuredClone(given);
      controller.abort(given);
      await expect(called).rejects.toBe(given);
      expect(given).toEqual(before);
    });

    it('as fetch does, when the signal aborts while the body is read', async () => {
      const { connectors, provider } = await providerCalls({
        respond: (_, response) => {
          response.write('first');
        },
      });
      const headers = { Authorization: `Bearer ${[...provider.good][0] ?? ''}` };
      const outcomes = [
        (signal: AbortSignal) => connectors.fetch('crm', '/x', { signal }),
        (signal: AbortSignal) => fetch(`${provider.url}/v1/x`, { signal, headers }),
      ].map(async (send) => {
        const controller = new AbortController();
        const response = await send(controller.signal);
        await sleep(20);
        controller.abort(reason);
        return response.text().catch(String);
      });
      const [ours, theirs] = await Promise.all(outcomes);
      expect(ours).toBe(theirs);
      expect(ours).toMatch(/abort|enough/i);
    });
  });

  it('acts for the user that it is bound to', async () => {
    const connector = { appUserConnector: '66f0c2a41d' };
    const { connectors, base44, provider } = await providerCalls({ connector });
    const users = ['ada', 'grace'].map((id) => base44.addAppUser(id));
    for (const user of users) {
      const accessToken = `token-of-${user.id}`;
      provider.good.add(accessToken);
      base44.connect(connector, { accessToken }, user);
    }
    for (const { token } of users) await connectors.asAppUser(token).fetch(connector, '/me');
    expect(provider.tokens).toEqual(['token-of-ada', 'token-of-grace']);
    await expect(connectors.fetch(connector, '/me')).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
    });
  });

  it('renews only the token of that user, and says how the user connects again', async () => {
    const connector = { appUserConnector: '66f0c2a41d' };
    const { connectors, base44, provider } = await providerCalls({ connector });
    const [ada, grace] = ['ada', 'grace'].map((id) => base44.addAppUser(id));
    base44.connect(connector, { accessToken: 'refused-of-ada' }, ada);
    base44.connect(connector, { accessToken: 'good-of-grace' }, grace);
    provider.good.add('good-of-grace');
    await connectors.asAppUser(grace!.token).fetch(connector, '/me');
    await expect(connectors.asAppUser(ada!.token).fetch(connector, '/me')).rejects.toMatchObject({
      code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
      message:
        `The provider of connector '66f0c2a41d' rejects the user's access token in app ${base44.appId}. ` +
        'Call disconnectAppUser(), then send the user to the URL that connectAppUser() returns.',
    });
    await connectors.asAppUser(grace!.token).fetch(connector, '/me');
    expect(base44.requests).toHaveLength(3);
  });

  it('calls a known connector at its base URL in the catalogue', async () => {
    const { connectors, base44 } = await providerCalls();
    base44.connect('googlecalendar', { accessToken: 'ya29-1' });
    const arrived: [unknown, unknown][] = [];
    const usual = globalThis.fetch;
    globalThis.fetch = async (url, init) => {
      arrived.push([url, new Headers(init?.headers).get('authorization')]);
      return Response.json({ items: [] });
    };
    try {
      await connectors.fetch('googlecalendar', '/calendars/primary/events');
    } finally {
      globalThis.fetch = usual;
    }
    expect(arrived).toEqual([
      ['https://www.googleapis.com/calendar/v3/calendars/primary/events', 'Bearer ya29-1'],
    ]);
  });
});
