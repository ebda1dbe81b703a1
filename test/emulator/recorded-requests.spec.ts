import { request as open } from 'node:http';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError, settle, waitFor } from '../support/async.js';
import { emulatorForEachTest, send } from './emulator.fixture.js';

describe('requests', () => {
  const emulator = emulatorForEachTest();

  it('contains each request as it arrived', async () => {
    emulator().meter('x');

    await send(emulator(), '/connectors/x/call?a=%2F', {
      method: 'POST',
      headers: { 'X-Own': 'A' },
      body: '{ "path": "/2" }',
    });

    expect(emulator().requests).toMatchObject([
      {
        method: 'POST',
        path: `/api/apps/${emulator().appId}/connectors/x/call?a=%2F`,
        headers: { 'x-own': 'A', authorization: `Bearer ${emulator().serviceToken}` },
        body: { path: '/2' },
        rawBody: '{ "path": "/2" }',
        status: 200,
        aborted: false,
      },
    ]);
  });

  it('reports each request once, with its status, when the response has ended or the connection', async () => {
    const reported: [path: string, status: number | undefined][] = [];
    await using base44 = await Base44Emulator.start({
      onResponse: ({ path, status }) => reported.push([path, status]),
    });
    base44.fault({ respond: faults.reset(), match: ({ path }) => path === '/cut' });
    base44.fault({ respond: faults.reset('after-headers'), match: ({ path }) => path === '/late' });

    for (const path of ['/unknown', '/cut', '/late']) {
      await settle(() => fetch(base44.url + path).then((response) => response.text()));
      await waitFor(() => reported.at(-1)?.[0] === path);
    }

    expect(reported).toEqual([
      ['/unknown', 404],
      ['/cut', undefined],
      ['/late', 200],
    ]);
  });

  it('contains the path as it was sent, not as it is routed', async () => {
    const path = '/api/apps/a/../b/%2e%2e/./c';
    await new Promise((resolve) => {
      open(emulator().url, { path, agent: false }, (response) => {
        response.resume().on('end', resolve);
      }).end();
    });

    expect(emulator().requests).toMatchObject([{ path }]);
  });

  it('contains rejected requests too, in the order of arrival', async () => {
    await send(emulator(), '/first', { token: undefined });
    await send(emulator(), '/second', { body: 'no JSON', method: 'POST' });

    expect(emulator().requests.map(({ body, rawBody }) => ({ body, rawBody }))).toEqual([
      { body: undefined, rawBody: '' },
      { body: undefined, rawBody: 'no JSON' },
    ]);
  });

  it('is empty after clear, which keeps the connections', async () => {
    emulator().connect('slack');
    await send(emulator(), '/external-auth/tokens/slack');

    emulator().clear();

    expect(emulator().requests).toEqual([]);
    expect((await send(emulator(), '/external-auth/tokens/slack')).status).toBe(200);
  });

  it.each([
    ['before the headers', faults.hang()],
    ['within the body', faults.drip()],
    ['within a body without end', faults.endless()],
  ])('marks a request that the client aborted %s', async (_case, respond) => {
    emulator().fault({ respond });
    const client = new AbortController();
    const { url } = emulator();
    const gone = catchError(
      fetch(url, { signal: client.signal }).then((response) => response.text()),
    );
    await waitFor(() => emulator().requests.length === 1);
    expect(emulator().requests).toMatchObject([{ aborted: false }]);

    client.abort();
    await gone;

    await waitFor(() => emulator().requests[0]!.aborted);
    expect(emulator().requests).toMatchObject([{ aborted: true }]);
  });

  it('does not mark a request whose connection the emulator closed', async () => {
    const cuts = [faults.reset(), faults.reset('within-body'), faults.truncatedBody()];
    for (const respond of cuts) {
      emulator().fault({ respond });
      await catchError(fetch(emulator().url).then((response) => response.text()));
    }

    await waitFor(() => emulator().requests.length === cuts.length);
    expect(emulator().requests.map(({ aborted }) => aborted)).toEqual(cuts.map(() => false));
  });

  it('does not mark a request whose client closes its connection after the response', async () => {
    await send(emulator(), '/any', { headers: { Connection: 'close' } });
    await emulator().close();

    expect(emulator().requests).toMatchObject([{ aborted: false }]);
  });

  it('contains at most 10 MB of a body, and responds with 413', async () => {
    const body = 'a'.repeat(11 * 1024 * 1024);

    const { status } = await send(emulator(), '/connectors/x/call', { method: 'POST', body });

    expect(status).toBe(413);
    expect(emulator().requests[0]!.rawBody.length).toBeLessThanOrEqual(10 * 1024 * 1024);
  });
});
