import type { ConnectorsError } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';
import type { MeteredRequest, MeteredResponse } from 'nestjs-base44-connectors/testing';
import { providerCalls } from './provider-calls.fixture.js';

/** Starts an application with the metered connector `'x'`, and records the calls of its provider. */
async function metered(answer: MeteredResponse = { data: { ok: true } }) {
  const asked: MeteredRequest[] = [];
  const calls = await providerCalls();
  calls.base44.meter('x', {
    respond: (request) => {
      asked.push(request);
      return answer;
    },
  });
  return { ...calls, asked };
}

describe('connectors.fetch of a metered connector', () => {
  it('goes through the proxy of Base44, which calls the provider', async () => {
    const { connectors, asked, base44 } = await metered();

    const response = await connectors.fetch('x', '/2/tweets?max_results=10', {
      method: 'post',
      headers: { 'X-Own': '1' },
      body: '{"text":"hi"}',
    });

    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/2/tweets?max_results=10',
        query: {},
        headers: expect.objectContaining({ 'x-own': '1' }) as object,
        body: { text: 'hi' },
      },
    ]);
    // The application requests no token, because there is none.
    expect(base44.requests.map(({ method }) => method)).toEqual(['POST']);
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toBe('https://api.x.com/2/tweets?max_results=10');
    await expect(response.json()).resolves.toEqual({ ok: true });
  });

  it('accepts an absolute URL of its API, and no body', async () => {
    const { connectors, asked } = await metered();
    await connectors.fetch('x', 'https://api.x.com/2/users/me');
    expect(asked).toMatchObject([{ method: 'GET', path: '/2/users/me', body: null }]);
  });

  it.each<[string, MeteredResponse, { status: number; type: string | null; text: string }]>([
    ['JSON', { data: [1] }, { status: 200, type: 'application/json', text: '[1]' }],
    ['text', { data: 'hi' }, { status: 200, type: 'text/plain;charset=UTF-8', text: 'hi' }],
    ['nothing', { status: 204 }, { status: 204, type: null, text: '' }],
    [
      'bytes',
      { dataBase64: 'aGk=', contentType: 'image/png' },
      { status: 200, type: 'image/png', text: 'hi' },
    ],
    [
      'a failure of the provider',
      { status: 503, data: { busy: true } },
      { status: 503, type: 'application/json', text: '{"busy":true}' },
    ],
  ])('returns %s unchanged', async (_, answer, expected) => {
    const { connectors } = await metered(answer);
    const response = await connectors.fetch('x', '/2/x');
    expect({
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }).toEqual(expected);
  });

  it.each([204, 205, 304])('returns the status %d without a body', async (status) => {
    const { connectors } = await metered({ status, data: { ok: true } });
    const response = await connectors.fetch('x', '/2/x');
    expect(response.status).toBe(status);
    expect(response.body).toBeNull();
  });

  it.each([
    [199, 'UNEXPECTED_RESPONSE'],
    [200, 200],
    [599, 599],
    [600, 'UNEXPECTED_RESPONSE'],
  ])('ends for the status %d of the provider with %s', async (status, expected) => {
    const { connectors } = await metered({ status, data: {} });
    const outcome = await connectors.fetch('x', '/2/x').then(
      (response) => response.status,
      (error: unknown) => error as ConnectorsError,
    );
    if (typeof expected === 'number') expect(outcome).toBe(expected);
    else {
      expect(outcome).toMatchObject({
        code: expected,
        connector: 'x',
        message: expect.stringContaining("the provider's status is not usable") as string,
      });
    }
  });

  it("has the provider's content type unchanged", async () => {
    const headers = { 'content-type': 'application/vnd.x+json' };
    const { connectors } = await metered({ data: {}, headers });
    const response = await connectors.fetch('x', '/2/x', { body: null });
    expect(response.headers.get('content-type')).toBe('application/vnd.x+json');
  });

  it("has the provider's headers", async () => {
    const { connectors } = await metered({ data: {}, headers: { 'x-rate-limit-remaining': '9' } });
    const { headers } = await connectors.fetch('x', '/2/x');
    expect(headers.get('x-rate-limit-remaining')).toBe('9');
  });

  it.each<[string, MeteredResponse]>([
    ['a name with a space', { data: { ok: true }, headers: { 'bad name': '1', 'x-good': '1' } }],
    ['an empty name', { data: { ok: true }, headers: { '': '1', 'x-good': '1' } }],
    ['a line break', { data: { ok: true }, headers: { 'x-bad': 'a\nb', 'x-good': '1' } }],
    ['other letters', { data: { ok: true }, headers: { 'x-bad': 'żółć', 'x-good': '1' } }],
  ])('has the valid headers beside one with %s', async (_, answer) => {
    const { connectors } = await metered(answer);
    const response = await connectors.fetch('x', '/2/x');
    expect(response.headers.get('x-good')).toBe('1');
    await expect(response.json()).resolves.toEqual({ ok: true });
  });

  it('has no content type when that of the provider is malformed', async () => {
    const { connectors } = await metered({ dataBase64: 'aGk=', contentType: 'text/plain\r\nX: y' });
    const response = await connectors.fetch('x', '/2/x');
    expect(response.headers.get('content-type')).toBeNull();
    await expect(response.text()).resolves.toBe('hi');
  });

  it.each(['not_sent', 'timed_out', 'sent_unconfirmed'] as const)(
    'fails when the provider sent no response: %s',
    async (phase) => {
      const { connectors } = await metered({ phase });
      await expect(connectors.fetch('x', '/2/x')).rejects.toMatchObject({
        code: 'BASE44_UNAVAILABLE',
        connector: 'x',
        isSent: phase !== 'not_sent',
        message: expect.stringContaining(phase) as string,
      });
    },
  );

  it.each<[string, string, RequestInit]>([
    ['a form', '/2/x', { method: 'POST', body: new URLSearchParams({ a: '1' }) }],
    ['a text that is no JSON', '/2/x', { method: 'POST', body: 'hello' }],
    ['bytes', '/2/x', { method: 'POST', body: new Uint8Array([1]) }],
    ['a file', '/2/x', { method: 'POST', body: new FormData() }],
  ])('rejects a request that the proxy cannot send, with the remedy: %s', async (_, url, init) => {
    const { connectors, base44 } = await metered();
    await expect(connectors.fetch('x', url, init)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message:
        "Connector 'x' is metered, so Base44's proxy calls its API. With fetch, the proxy accepts only a " +
        "JSON string as the body. Use ConnectorsService.callApi('x', request) for other requests.",
    });
    expect(base44.requests).toEqual([]);
  });

  it('rejects another host of its API, with the remedy', async () => {
    const { connectors, base44 } = await metered();
    base44.meter('googlemaps');
    await expect(
      connectors.fetch('googlemaps', 'https://places.googleapis.com/v1/places'),
    ).rejects.toThrow(
      /calls only https:\/\/maps\.googleapis\.com\. Use ConnectorsService\.callApi/,
    );
    await expect(connectors.fetch('x', 'https://evil.example/2/x')).rejects.toMatchObject({
      code: 'ORIGIN_NOT_ALLOWED',
    });
    expect(base44.requests).toEqual([]);
  });

  it('rejects with its own error when credits are exhausted', async () => {
    const { connectors, base44 } = await metered();
    base44.credits = 0;
    await expect(connectors.fetch('x', '/2/x')).rejects.toMatchObject({
      code: 'CREDITS_EXHAUSTED',
    });
  });

  it('ends with the reason of its signal', async () => {
    const { connectors } = await metered();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(connectors.fetch('x', '/2/x', { signal })).rejects.toBe(reason);
  });
});

describe('Other metered connectors', () => {
  it('outside the catalogue reject with the remedy', async () => {
    const { base44, connectors, http } = await providerCalls();
    base44.disconnect('crm');
    base44.meter('crm');
    const remedy = "Call its API with ConnectorsService.callApi('crm', request).";
    await expect(connectors.fetch('crm', '/x')).rejects.toThrow(remedy);
    await expect(firstValueFrom(http.get('/x'))).rejects.toThrow(remedy);
  });

  it('of a workspace have tokens, also for an API that is metered in the catalogue', async () => {
    const connector = { workspaceConnector: '66f0c2a41d' };
    const { base44, connectors, provider } = await providerCalls({ connector });
    base44.connect(connector, { accessToken: 'workspace-token' });
    provider.good.add('workspace-token');
    await expect(connectors.fetch(connector, '/x')).resolves.toMatchObject({ status: 200 });
  });
});
