import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError, waitFor } from '../support/async.js';

describe('the emulator', () => {
  const started: Base44Emulator[] = [];
  const start = async (options = {}) => {
    const base44 = await Base44Emulator.start(options);
    started.push(base44);
    return base44;
  };
  const getPort = ({ url }: Base44Emulator) => Number(new URL(url).port);

  afterEach(() => Promise.all(started.splice(0).map((base44) => base44.close())));

  it('chooses an app id, a service token and a port by default', async () => {
    const [one, other] = [await start(), await start()];

    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.appId).toMatch(/^[0-9a-f]{24}$/);
    expect(other.appId).toBe(one.appId);
    expect(other.serviceToken).not.toBe(one.serviceToken);
    expect(other.url).not.toBe(one.url);
  });

  it('accepts an app id, a service token and a port', async () => {
    const first = await start();
    await first.close();
    const given = { appId: 'app1', serviceToken: 'secret', port: getPort(first) };

    expect(await start(given)).toMatchObject({
      appId: 'app1',
      serviceToken: 'secret',
      url: first.url,
    });
  });

  it('does not start on a used port or with a malformed app id', async () => {
    const port = getPort(await start());

    await expect(catchError(Base44Emulator.start({ port }))).resolves.toMatchObject({
      code: 'EADDRINUSE',
    });
    await expect(catchError(Base44Emulator.start({ appId: '..' }))).resolves.toBeInstanceOf(
      TypeError,
    );
  });

  it('rotates the service token', async () => {
    const base44 = await start();
    const old = base44.serviceToken;

    expect(base44.rotateServiceToken()).toBe(base44.serviceToken);
    expect(base44.serviceToken).not.toBe(old);
  });

  it('closes every connection when it closes: idle, silent, kept alive and within each fault', async () => {
    const base44 = await start();
    const endings = [
      faults.hang(),
      faults.drip(1),
      faults.endless(),
      faults.delay(60_000),
      faults.delay(60_000, faults.reset()),
    ];
    for (const respond of endings) base44.fault({ respond });
    const resources = process.getActiveResourcesInfo().length;
    const agent = new Agent({ keepAlive: true });
    const sockets = endings.map(() => requestOn(base44, agent));
    await waitFor(() => base44.requests.length === endings.length);
    const silent = connect(getPort(base44), '127.0.0.1');
    await once(silent, 'connect');

    await base44.close();

    const all = [silent, ...(await Promise.all(sockets))];
    await waitFor(() => all.every((socket) => socket.destroyed));
    agent.destroy();
    await waitFor(() => process.getActiveResourcesInfo().length <= resources);
    expect(process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'))).toEqual([]);
  });

  it('stops responding after close, which can be called again', async () => {
    const base44 = await start();
    expect((await fetch(base44.url)).status).toBe(404);

    await Promise.all([base44.close(), base44.close()]);
    await base44.close();

    await expect(catchError(fetch(base44.url))).resolves.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('closes at the end of an `await using` block', async () => {
    let url: string;
    {
      await using base44 = await start();
      ({ url } = base44);
    }

    await expect(catchError(fetch(url))).resolves.toMatchObject({ name: 'TypeError' });
  });

  it('rejects an upgrade without recording it', async () => {
    const base44 = await start();
    const request = get(base44.url, {
      agent: false,
      headers: { Connection: 'Upgrade', Upgrade: 'websocket' },
    });
    const [response] = (await once(request, 'response')) as [
      { statusCode: number; resume(): void },
    ];
    response.resume();

    expect(response.statusCode).toBe(404);
    expect(base44.requests).toEqual([]);
  });

  /** Returns the socket of a request whose response is read to its end. */
  async function requestOn({ url }: Base44Emulator, agent: Agent): Promise<Socket> {
    const request = get(url, { agent }, (response) => response.on('error', noop).resume());
    request.on('error', noop);
    const [socket] = (await once(request, 'socket')) as [Socket];
    return socket;
  }
});

function noop(): void {
  // The emulator must close the connection, not the client.
}
