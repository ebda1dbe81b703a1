import type { ConnectorsService } from 'nestjs-base44-connectors';
import { connectorsWith } from '../support/connectors.js';
import { catchError, sleep, waitFor } from '../support/async.js';
import { drip, slowServer } from '../support/slow-server.js';

type Call = (service: ConnectorsService, signal: AbortSignal) => Promise<unknown>;

const CALLS: [string, Call][] = [
  ['getConnection', (service, signal) => service.getConnection('slack', { signal })],
  [
    'getWorkspaceConnection',
    (service, signal) => service.getWorkspaceConnection('abc', { signal }),
  ],
  ['callApi', (service, signal) => service.callApi('x', { path: '/' }, { signal })],
];

const REASONS: [string, unknown][] = [
  ['an error of its own', new Error('the user went away')],
  ['a text', 'enough'],
  ['null', null],
];

describe.each(CALLS)('a caller that gives up on %s', (_name, call) => {
  it.each(REASONS)('gets its own reason, %s, and the socket is closed', async (_case, reason) => {
    const { url, sockets } = await slowServer(() => undefined);
    const service = await connectorsWith({ serverUrl: url, serviceToken: 'service' });
    const controller = new AbortController();
    const call$ = catchError(() => call(service, controller.signal));
    await waitFor(() => sockets.size === 1);
    controller.abort(reason);

    expect(await call$).toBe(reason);
    const start = performance.now();
    await waitFor(() => sockets.size === 0);
    expect(performance.now() - start).toBeLessThan(100);
  });

  it('does so within a body that drips', async () => {
    const { url, sockets } = await slowServer(drip('HTTP/1.1 200 OK\r\n\r\n', ' '));
    const service = await connectorsWith({ serverUrl: url, serviceToken: 'service' });
    const controller = new AbortController();
    const call$ = catchError(() => call(service, controller.signal));
    setTimeout(() => {
      controller.abort('enough');
    }, 50);

    expect(await call$).toBe('enough');
    await waitFor(() => sockets.size === 0);
  });

  it('before it begins sends nothing', async () => {
    const { url, sockets } = await slowServer(() => undefined);
    const service = await connectorsWith({ serverUrl: url, serviceToken: 'service' });

    expect(await catchError(() => call(service, AbortSignal.abort('enough')))).toBe('enough');
    expect(sockets.size).toBe(0);
  });

  it('while the service token is fetched sends nothing', async () => {
    const { url, sockets } = await slowServer(() => undefined);
    const controller = new AbortController();
    const serviceToken = async (): Promise<string> => {
      controller.abort('enough');
      return Promise.resolve('service');
    };
    const service = await connectorsWith({ serverUrl: url, serviceToken });

    expect(await catchError(() => call(service, controller.signal))).toBe('enough');
    await sleep(30);
    expect(sockets.size).toBe(0);
  });
});
