import type { ConnectorsService } from 'nestjs-base44-connectors';
import { catchError, sleep, waitFor } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';
import { drip, startSlowServer } from '../support/slow-server.js';

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
  ['an error', new Error('the user went away')],
  ['a string', 'enough'],
  ['null', null],
];

describe.each(CALLS)('A caller that aborts %s', (_name, call) => {
  it.each(REASONS)('gets its own reason, %s, and the socket is closed', async (_case, reason) => {
    const { url, sockets } = await startSlowServer(() => undefined);
    const service = await createConnectors({ serverUrl: url, serviceToken: 'service' });
    const controller = new AbortController();
    const rejection = catchError(call(service, controller.signal));
    await waitFor(() => sockets.size === 1);
    controller.abort(reason);

    expect(await rejection).toBe(reason);
    await waitFor(() => sockets.size === 0);
  });

  it('while the response drips closes the socket', async () => {
    const { url, sockets } = await startSlowServer(drip('HTTP/1.1 200 OK\r\n\r\n', ' '));
    const service = await createConnectors({ serverUrl: url, serviceToken: 'service' });
    const controller = new AbortController();
    const rejection = catchError(call(service, controller.signal));
    setTimeout(() => {
      controller.abort('enough');
    }, 50);

    expect(await rejection).toBe('enough');
    await waitFor(() => sockets.size === 0);
  });

  it('before it starts sends nothing', async () => {
    const { url, sockets } = await startSlowServer(() => undefined);
    const service = await createConnectors({ serverUrl: url, serviceToken: 'service' });

    expect(await catchError(call(service, AbortSignal.abort('enough')))).toBe('enough');
    expect(sockets.size).toBe(0);
  });

  it('while the serviceToken function runs sends nothing', async () => {
    const { url, sockets } = await startSlowServer(() => undefined);
    const controller = new AbortController();
    const serviceToken = async (): Promise<string> => {
      controller.abort('enough');
      return Promise.resolve('service');
    };
    const service = await createConnectors({ serverUrl: url, serviceToken });

    expect(await catchError(call(service, controller.signal))).toBe('enough');
    await sleep(30);
    expect(sockets.size).toBe(0);
  });
});
