import { get } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { catchError, waitFor } from '../support/async.js';
import { CommandLine, type Running, type RunOptions } from '../support/command-line.js';
import { createConnectors } from '../support/create-connectors.js';
import { findFreePort } from '../support/free-port.js';

const A_STACK = /^\s+at .+:\d+/m;

let cli: CommandLine;

beforeAll(async () => {
  cli = await CommandLine.build();
});

afterAll(() => cli.remove());

const withFreePort = (args: readonly string[]) => ['emulator', '--port', '0', ...args];

type Env = Readonly<Record<string, string>>;

/** Starts the command, and parses the lines that it prints for .env. */
async function start(args: readonly string[], options?: RunOptions) {
  const running = cli.start(withFreePort(args), options);
  await waitFor(() => {
    if (running.process.exitCode !== null) throw new Error(running.output.stderr);
    return running.output.stdout.includes('Requests:');
  });
  const lines = running.output.stdout.matchAll(/^([A-Z0-9_]+)=(.+)$/gm);
  const env = Object.fromEntries([...lines].map(([, name, value]) => [name, value])) as Env;
  const connectors = await createConnectors({
    appId: env.BASE44_APP_ID!,
    serverUrl: env.BASE44_API_URL!,
    serviceToken: env.BASE44_SERVICE_TOKEN!,
    request: { appUserToken: () => undefined },
  });
  return { running, env, connectors };
}

/** Returns the lines about requests, once there are as many as expected. */
async function getReport({ output }: Running, count: number): Promise<string[]> {
  const parse = () => output.stdout.split('Requests:\n')[1]!.split('\n').slice(0, -1);
  await waitFor(() => parse().length >= count);
  return parse();
}

describe('nestjs-base44-connectors emulator', () => {
  it('prints settings with which an application gets its connections', async () => {
    const { env, connectors } = await start([
      ...['--connect', 'slack,workspaceConnector:abc', '--connect', 'x,appUserConnector:cal1'],
      ...['--user', 'ada,grace', '--user', 'Linus'],
    ]);

    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: expect.stringMatching(/^emulated-/) as unknown,
    });
    await expect(connectors.getWorkspaceConnection('abc')).resolves.toBeDefined();
    await expect(connectors.callApi('x', { path: '/2' })).resolves.toMatchObject({ status: 200 });
    for (const user of ['ADA', 'GRACE', 'LINUS']) {
      const service = connectors.asAppUser(env[`BASE44_USER_TOKEN_${user}`]!);
      await expect(service.getCurrentAppUserConnection('cal1')).resolves.toBeDefined();
    }
  });

  it('uses the access token of an environment variable, without printing it', async () => {
    const env = { SLACK_TOKEN: 'xoxb-real' };
    const { running, connectors } = await start(['--connect', 'slack=SLACK_TOKEN'], { env });

    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-real',
    });
    expect(running.output.stdout).toContain('slack (with the token in SLACK_TOKEN)');
    expect(running.output.stdout).not.toContain('xoxb-real');
  });

  it('prints the same settings after a restart', async () => {
    const args = ['--connect', 'slack', '--user', 'ada'];
    const [one, other] = await Promise.all([start(args), start(args)]);

    expect({ ...one.env, BASE44_API_URL: '' }).toEqual({ ...other.env, BASE44_API_URL: '' });
    expect(one.env).toMatchObject({ BASE44_USER_TOKEN_ADA: 'emulated-user-token-ada' });
  });

  it('accepts an app id, a service token and a port', async () => {
    const port = await findFreePort();
    const args = ['--app-id', 'app1', '--service-token', 'secret', '--port', String(port)];
    const { env, connectors } = await start(args);

    expect(env).toMatchObject({
      BASE44_APP_ID: 'app1',
      BASE44_SERVICE_TOKEN: 'secret',
      BASE44_API_URL: `http://127.0.0.1:${port}`,
    });
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({ status: 404 });
  });

  it('lets users connect a registered connector on a page that names its provider', async () => {
    const { env, connectors } = await start([
      ...['--register', '66f0c2a41d:googlecalendar', '--user', 'ada'],
    ]);
    const ada = connectors.asAppUser(env.BASE44_USER_TOKEN_ADA!);
    await expect(ada.getCurrentAppUserConnection('66f0c2a41d')).rejects.toMatchObject({
      status: 404,
    });

    const page = await ada.connectAppUser('66f0c2a41d');
    expect(await (await fetch(page)).text()).toContain('Connect Google Calendar?');
    await fetch(page, { method: 'POST' });

    await expect(ada.getCurrentAppUserConnection('66f0c2a41d')).resolves.toBeDefined();
  });

  describe('prints a line for each request', () => {
    it('with what it asks, the user, the status and the remedy', async () => {
      const { running, env, connectors } = await start([
        ...['--connect', 'slack,x', '--register', 'cal1', '--user', 'ada'],
      ]);
      const ada = connectors.asAppUser(env.BASE44_USER_TOKEN_ADA!);
      await connectors.getConnection('slack');
      for (const fail of [
        () => connectors.getConnection('notion'),
        () => connectors.getWorkspaceConnection('abc'),
        () => connectors.getConnection('x'),
        () => connectors.callApi('googlemaps', { path: '/maps' }),
        () => ada.getCurrentAppUserConnection('cal1'),
        () => ada.connectAppUser('cal2'),
        () => connectors.asAppUser('other').connectAppUser('cal1'),
      ]) {
        await catchError(fail);
      }
      await connectors.callApi('x', { path: '/2' });
      const page = await ada.connectAppUser('cal1');
      await fetch(page, { method: 'POST' });
      await ada.disconnectAppUser('cal1');
      await fetch(`${env.BASE44_API_URL!}/api/entities/Todo`);

      expect(await getReport(running, 13)).toEqual([
        'GET slack → 200',
        'GET notion → 404 (not connected: --connect notion)',
        'GET workspaceConnector:abc → 404 (not connected: --connect workspaceConnector:abc)',
        'GET x → 403 (metered, so it has no token: use callApi())',
        'POST googlemaps, to call its API → 404 (not metered, or not connected: --connect googlemaps)',
        'GET appUserConnector:cal1, as user ada → 404 (this user has not connected it)',
        'POST appUserConnector:cal2, to connect it, as user ada → 404 (not registered: --register cal2)',
        'POST appUserConnector:cal1, to connect it → 401 (the app id or a token differs from .env)',
        'POST x, to call its API → 200',
        'POST appUserConnector:cal1, to connect it, as user ada → 200',
        'POST consent page → 200',
        'DELETE appUserConnector:cal1, to disconnect it, as user ada → 200',
        'GET /api/entities/Todo → 404 (not part of the connectors API)',
      ]);
    });

    it('with the reason why another host is rejected', async () => {
      const { running, env } = await start(['--connect', 'slack']);
      const { port } = new URL(env.BASE44_API_URL!);
      const path = `/api/apps/${env.BASE44_APP_ID!}/external-auth/tokens/slack`;
      const headers = { Host: 'host.docker.internal' };
      get({ host: '127.0.0.1', port, path, headers }, (response) => response.resume());

      expect(await getReport(running, 1)).toEqual([
        'GET slack → 403 (the emulator serves requests to localhost only)',
      ]);
    });

    it('without a token, wherever the request has one', async () => {
      const { running, env } = await start(['--connect', 'slack', '--user', 'ada']);
      const token = 'xoxb-1234567890-1234567890';
      const headers = { Authorization: `Bearer ${token}`, 'on-behalf-of': `Bearer ${token}` };
      for (const path of [`/${token}`, `/api?token=${token}`, `/api/a/b/${token}/c#${token}`]) {
        const body = JSON.stringify({ token });
        await fetch(env.BASE44_API_URL! + path, { method: 'POST', headers, body });
      }

      expect(await getReport(running, 3)).toEqual([
        'POST /… → 404 (not part of the connectors API)',
        'POST /api → 404 (not part of the connectors API)',
        'POST /api/a/b/…/c → 404 (not part of the connectors API)',
      ]);
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends on %s, also with open connections',
    async (signal) => {
      const { running, env } = await start(['--connect', 'slack']);
      const { port } = new URL(env.BASE44_API_URL!);
      const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');

      running.process.kill(signal);

      await expect(running.exited).resolves.toMatchObject({ code: 0, stderr: '' });
      socket.destroy();
    },
  );

  it('says that the port is in use', async () => {
    await using other = await Base44Emulator.start();
    const { port } = new URL(other.url);

    const { code, stderr } = await cli.run(['emulator', '--port', port]);

    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port} is in use`);
    expect(stderr).not.toMatch(A_STACK);
  });

  it('starts with a connector that the catalogue lacks, and suggests a similar name', async () => {
    const { running, connectors } = await start(['--connect', 'slak']);

    expect(running.output.stderr).toMatch(/'slak' is not a connector .* Did you mean 'slack'\?/);
    await expect(connectors.getConnection('slak')).resolves.toBeDefined();
  });

  it.each<[string, string[], RegExp]>([
    ['a malformed name', ['--connect', '../x'], /--connect has a malformed name\. .*slack/],
    ['an unknown kind', ['--connect', 'slack:xoxb-secret'], /malformed name/],
    ['a token on the command line', ['--connect', 'slack=xoxb-secret'], /slack=MY_TOKEN/],
    ['an empty variable', ['--connect', 'slack=EMPTY'], /not an environment variable/],
    ['a token of a metered connector', ['--connect', 'x=GIVEN'], /'x' is metered/],
    ["a user's connector without a user", ['-c', 'appUserConnector:a'], /Add --user ada/],
    ['a registration without a user', ['--register', 'a'], /--register requires a user/],
    [
      'a malformed registration',
      ['--register', 'a:', '--user', 'ada'],
      /--register has a malformed/,
    ],
    ['a malformed user', ['--user', 'ada@example.com'], /--user must be/],
    ['a malformed port', ['--port', '80x'], /--port must be/],
    ['a malformed app id', ['--app-id', '..'], /--app-id must be/],
    ['a malformed service token', ['--service-token', 'xoxb secret'], /--service-token must be/],
  ])('rejects %s', async (_case, args, expected) => {
    const env = { EMPTY: '', GIVEN: 'xoxb-secret' };

    const { code, stdout, stderr } = await cli.run(withFreePort(args), { env });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/secret/);
    expect(stderr).not.toMatch(A_STACK);
  });
});
