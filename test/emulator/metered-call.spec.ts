import type { MeteredRequest } from 'nestjs-base44-connectors/testing';
import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

describe('a metered call', () => {
  const emulator = emulatorForEachTest();
  const call = (body: unknown) =>
    answer(
      send(emulator(), '/connectors/x/call', {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );

  it('returns the documented fields, without those of a binary body', async () => {
    emulator().meter('x', { respond: () => ({ data: [1] }) });

    await expect(call({ path: '/2' })).resolves.toStrictEqual({
      status: 200,
      body: {
        success: true,
        phase: 'responded',
        status_code: 200,
        data: [1],
        headers: {},
        credits_charged: 1,
      },
    });
  });

  it.each([
    { dataBase64: 'iVBO', contentType: 'image/png' },
    { dataBase64: null, contentType: null },
  ])('returns the fields of a binary body that its provider sets: %j', async (response) => {
    emulator().meter('x', { respond: () => response });

    await expect(call({ path: '/2' })).resolves.toMatchObject({
      body: { data: null, data_base64: response.dataBase64, content_type: response.contentType },
    });
  });

  it('of a connector that is connected, but not metered, is rejected as not connected', async () => {
    emulator().connect('x');

    await expect(call({ path: '/2' })).resolves.toEqual({
      status: 404,
      body: { detail: 'Connector connection not found', code: 'NOT_FOUND' },
    });
  });

  it('passes the whole request to its provider, with host and query', async () => {
    const arrived: MeteredRequest[] = [];
    emulator().meter('x', {
      respond: async (request) => {
        arrived.push(request);
        return {};
      },
    });

    await call({ path: '/2', host: 'upload', query: { ids: [1, 2] }, headers: { a: 'b' } });

    expect(arrived).toEqual([
      {
        method: 'GET',
        path: '/2',
        host: 'upload',
        query: { ids: [1, 2] },
        headers: { a: 'b' },
        body: null,
      },
    ]);
  });

  it.each<[string, unknown, unknown[]]>([
    ['without a body', '', ['body']],
    ['that is not JSON', '{"path":', ['body', 0]],
    ['that is not an object', [], ['body']],
    ['without a path', {}, ['body', 'path']],
    ['with an absolute URL', { path: 'https://evil.test/' }, ['body', 'path']],
    ['with a path to another host', { path: '//evil.test/' }, ['body', 'path']],
    ['with a method in lower case', { path: '/', method: 'get' }, ['body', 'method']],
    ['with a method of its own', { path: '/', method: 'TRACE' }, ['body', 'method']],
    ['with a host that is no string', { path: '/', host: 1 }, ['body', 'host']],
    ['with a query that is no object', { path: '/', query: [] }, ['body', 'query']],
    ['with headers that are no strings', { path: '/', headers: { a: 1 } }, ['body', 'headers']],
  ])('%s is rejected', async (_case, body, loc) => {
    emulator().meter('x');

    await expect(call(body)).resolves.toMatchObject({ status: 422, body: { detail: [{ loc }] } });
  });

  it('costs credits until too few are left', async () => {
    emulator().meter('x', { creditsPerCall: 2 });
    emulator().credits = 5;

    await call({ path: '/' });
    await call({ path: '/' });

    expect(emulator().credits).toBe(1);
    await expect(call({ path: '/' })).resolves.toMatchObject({
      status: 402,
      body: { extra_data: { reason: 'integration_credits_limit_reached' } },
    });
    expect(emulator().credits).toBe(1);
  });

  it.each([
    ['nothing when it was not sent', { phase: 'not_sent' as const }, 10],
    ['what its provider charged', { creditsCharged: 4 }, 6],
  ])('costs %s', async (_case, provided, left) => {
    emulator().meter('x', { respond: () => provided });
    emulator().credits = 10;

    await call({ path: '/' });

    expect(emulator().credits).toBe(left);
  });

  it('costs nothing and contains the message when its script throws', async () => {
    emulator().meter('x', {
      respond: () => {
        throw new Error('typo');
      },
    });
    emulator().credits = 1;

    await expect(call({ path: '/' })).resolves.toEqual({
      status: 500,
      body: { detail: 'A scripted response threw: Error: typo' },
    });
    expect(emulator().credits).toBe(1);
  });

  it('fails after a disconnect', async () => {
    emulator().meter('x');
    emulator().disconnect('x');

    await expect(call({ path: '/' })).resolves.toMatchObject({ status: 404 });
  });
});
