import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { type OpenServer, openServer } from '../support/open-server.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { containsSecret } from '../support/expect-no-secret.js';
import { findFreePort } from '../support/free-port.js';
import { DenoFunction, describeWithDeno } from '../support/deno-function.js';
import { FunctionsHost } from '../support/functions-host.js';
import { startRecordingServer, type Responder, respondWith } from '../support/recording-server.js';
import { CommandLine, type Ran } from '../support/command-line.js';
import {
  appFolder,
  DeployedBroker,
  deployedForAll,
  FUNCTION_PATH,
  newSecret,
} from './broker.fixture.js';

const FUNCTION = `base44${FUNCTION_PATH}`;
const TEMPLATE = path.resolve(import.meta.dirname, '../../lib/cli/broker-template');
const A_STACK = /^\s+at .+:\d+/m;

let cli: CommandLine;

beforeAll(async () => {
  cli = await CommandLine.build();
});

afterAll(() => cli.remove());

const template = (name: string) => readFile(path.join(TEMPLATE, name), 'utf8');

/** Returns the secrets in the instructions of `broker init`. */
function parseSecrets({ stdout }: Ran): (string | undefined)[] {
  return [
    /base44 secrets set CONNECTORS_BROKER_SECRET=(\S+)/.exec(stdout)?.[1],
    /^\s*BASE44_BROKER_SECRET=(\S+)$/m.exec(stdout)?.[1],
  ];
}

describe('nestjs-base44-connectors', () => {
  it('prints its help and its version', async () => {
    const manifest = await readFile(path.resolve(TEMPLATE, '../../../package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    const asked = [['--help'], ['broker', '--help'], ['--version']];
    const said = await Promise.all(asked.map(async (args) => (await cli.run(args)).stdout));
    expect(said).toEqual([
      expect.stringContaining('broker'),
      expect.stringMatching(/init[\s\S]+check/),
      `${version}\n`,
    ]);
  });

  it('rejects unknown commands and options', async () => {
    const unknown = [['nonsense'], ['broker', 'nonsense'], ['broker', 'init', '--nonsense']];
    for (const { code, stderr } of await Promise.all(unknown.map((args) => cli.run(args)))) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: /);
    }
  });
});

describe('nestjs-base44-connectors broker init', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'app-'));
    closeAfterTest(() => rm(directory, { recursive: true }));
  });

  const written = (name: string) => readFile(path.join(directory, FUNCTION, name), 'utf8');
  const init = (...args: string[]) => cli.run(['broker', 'init', directory, '--yes', ...args]);

  /** The previous content. */
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.join(directory, FUNCTION), { recursive: true });
    await writeFile(path.join(directory, FUNCTION, name), text);
  };

  it('writes the function into the current folder', async () => {
    const { code } = await cli.run(['broker', 'init', '--yes'], { cwd: directory });
    expect(code).toBe(0);
    expect(await written('broker.ts')).toBe(await template('broker.ts'));
    expect(await written('entry.ts')).toBe(await template('entry.deno-serve.template'));
  });

  it('writes the newer shape of functions', async () => {
    expect((await init('--shape', 'export-default')).code).toBe(0);
    expect(await written('entry.ts')).toBe(await template('entry.export-default.template'));
  });

  it('writes nothing for an unknown shape', async () => {
    const { code, stderr } = await init('--shape', 'lambda');
    expect(code).toBe(1);
    expect(stderr).toContain('Allowed choices are deno-serve, export-default');
    await expect(written('broker.ts')).rejects.toThrow('ENOENT');
  });

  it.each(['slack$(touch x)', 'slack,bad/../x', 'user:cal1', 'a b'])(
    'writes nothing for a list with %j, because the output is for a shell',
    async (list) => {
      const { code, stdout, stderr } = await init('--allow', list);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('is not the name of a connector');
      await expect(written('broker.ts')).rejects.toThrow('ENOENT');
    },
  );

  it('allows no connector by default, and says so', async () => {
    const { stdout } = await init();
    expect(stdout).toMatch(/CONNECTORS_BROKER_ALLOW=\n/);
    expect(stdout).toContain('The broker allows no connector yet');
  });

  it('creates a new strong secret each time, and writes it to no file', async () => {
    const runs = [await init(), await init('--force')];
    const secrets = runs.map(parseSecrets);
    for (const [forBase44, forNest] of secrets) {
      expect(forBase44).toMatch(/^[\w-]{43}$/);
      expect(forNest).toBe(forBase44);
      const files = (await written('broker.ts')) + (await written('entry.ts'));
      expect(containsSecret(files, forBase44!)).toBe(false);
    }
    expect(secrets[0]).not.toEqual(secrets[1]);
  });

  it('prints the next steps', async () => {
    const { stdout } = await init('--allow', 'github,appUserConnector:cal1');
    expect(stdout).toContain('CONNECTORS_BROKER_ALLOW=github,appUserConnector:cal1');
    expect(stdout).toContain('base44 functions deploy');
    expect(stdout).toContain(
      "BASE44_BROKER_URL=https://<your app's host>/functions/connectors-broker",
    );
    expect(stdout).toContain('npx nestjs-base44-connectors broker check');
  });

  it.each([
    ['broker.ts', 'entry.ts', ['--yes']],
    ['entry.ts', 'broker.ts', []],
  ])('overwrites no %s without a flag', async (name, other, args) => {
    await write(name, 'mine');
    const { code, stdout, stderr } = await cli.run(['broker', 'init', directory, ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Nothing was written because this would overwrite .+\. Use --force to overwrite\.$/m,
    );
    expect(stderr).toContain(name);
    expect(await written(name)).toBe('mine');
    await expect(written(other)).rejects.toThrow('ENOENT');
  });

  it('overwrites them with --force', async () => {
    await write('broker.ts', 'mine');
    expect((await init('--force')).code).toBe(0);
    expect(await written('broker.ts')).toBe(await template('broker.ts'));
  });

  describe('at a terminal', () => {
    const answering = (...answers: string[]) => cli.run(['broker', 'init', directory], { answers });

    it('asks which connectors are allowed', async () => {
      const { code, stdout } = await answering('slack, appUserConnector:cal1');
      expect(code).toBe(0);
      expect(stdout).toContain('CONNECTORS_BROKER_ALLOW=slack,appUserConnector:cal1\n');
    });

    it('overwrites a file after the input yes', async () => {
      await write('broker.ts', 'mine');
      expect((await answering('y', 'slack')).code).toBe(0);
      expect(await written('broker.ts')).toBe(await template('broker.ts'));
    });

    it.each([[['n']], [['']], [[]]])('overwrites no file after the input %j', async (answers) => {
      await write('broker.ts', 'mine');
      const { code, stderr } = await answering(...answers);
      expect(code).toBe(1);
      expect(stderr).toContain('Use --force to overwrite.');
      expect(await written('broker.ts')).toBe('mine');
    });

    it('writes nothing after the user cancels', async () => {
      const { code, stdout, stderr } = await answering();
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('Nothing was written because the question was cancelled.');
      await expect(written('broker.ts')).rejects.toThrow('ENOENT');
    });

    it('asks nothing with --yes', async () => {
      const { code, stderr } = await cli.run(['broker', 'init', directory, '--yes'], {
        answers: [],
      });
      expect([code, stderr]).toEqual([0, '']);
    });
  });

  describe('with a symbolic link in place of', () => {
    let outside: string;

    beforeEach(async () => {
      outside = await mkdtemp(path.join(tmpdir(), 'outside-'));
      closeAfterTest(() => rm(outside, { recursive: true }));
    });

    it.each(['base44', 'base44/functions', FUNCTION])(
      'the folder %s, writes nothing',
      async (at) => {
        const link = path.join(directory, at);
        await mkdir(path.dirname(link), { recursive: true });
        await symlink(outside, link);
        const { code, stdout, stderr } = await init('--force');
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toContain(`Nothing was written because ${link} is a symbolic link`);
        expect(await readdir(outside)).toEqual([]);
      },
    );

    it.each(['broker.ts', 'signature.ts', 'entry.ts'])(
      'the file %s, writes nothing',
      async (name) => {
        const target = path.join(outside, 'mine.ts');
        await mkdir(path.join(directory, FUNCTION), { recursive: true });
        await symlink(target, path.join(directory, FUNCTION, name));
        // The link leads to no file at first, and then to one.
        for (const text of [undefined, 'mine']) {
          if (text !== undefined) await writeFile(target, text);
          const { code, stderr } = await init('--force');
          expect(code).toBe(1);
          expect(stderr).toContain(`${name} is a symbolic link`);
          expect(await readFile(target, 'utf8').catch(() => undefined)).toBe(text);
        }
      },
    );

    it('the folder of the app itself, follows it because the user named it', async () => {
      const link = path.join(outside, 'app');
      await symlink(directory, link);
      expect((await cli.run(['broker', 'init', link, '--yes'])).code).toBe(0);
      expect(await written('broker.ts')).toBe(await template('broker.ts'));
    });
  });

  it('prints one sentence when it cannot write', async () => {
    await writeFile(path.join(directory, 'base44'), 'a file');
    const { code, stdout, stderr } = await init();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('base44');
    expect(stderr).not.toMatch(A_STACK);
  });
});

describeWithDeno('The function of broker init', () => {
  it('runs unchanged with the created secret, and broker check succeeds', async () => {
    const folder = await appFolder();
    closeAfterTest(() => rm(folder, { recursive: true }));
    const run = await cli.run(['broker', 'init', folder, '--yes', '--allow', 'slack,gmail']);
    const [secret = ''] = parseSecrets(run);
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const running = await DenoFunction.start(path.join(folder, FUNCTION, 'entry.ts'), {
      CONNECTORS_BROKER_SECRET: secret,
      CONNECTORS_BROKER_ALLOW: 'slack,gmail',
    });
    const host = await FunctionsHost.start(base44, running);
    closeAfterTest(() => host.close());
    const env = { BASE44_BROKER_URL: host.url, BASE44_BROKER_SECRET: secret };
    await expect(cli.run(['broker', 'check'], { env })).resolves.toEqual({
      code: 0,
      stdout: 'The broker works. It allows: slack, gmail.\n',
      stderr: '',
    });
  });
});

describe('nestjs-base44-connectors broker check', () => {
  it('prints no control characters of a server', async () => {
    const hostile = [
      '\u001b]0;title\u0007\u001b[2J',
      'slack\u009b31m',
      'a\r\nThe broker works.',
      '\u202egro',
      { x: 1 },
      ['\u001b[2J'],
      'x'.repeat(1_000),
    ];
    const { url } = await startRecordingServer(
      respondWith({ ok: true, allowed: ['slack', 'appUserConnector:cal1', ...hostile] }),
    );
    const env = { BASE44_BROKER_URL: url + FUNCTION_PATH, BASE44_BROKER_SECRET: newSecret() };
    await expect(cli.run(['broker', 'check'], { env })).resolves.toEqual({
      code: 0,
      stdout:
        'The broker works. It allows: slack, appUserConnector:cal1. ' +
        'Malformed names in CONNECTORS_BROKER_ALLOW: 7.\n',
      stderr: '',
    });
  });
});

describeWithDeno('nestjs-base44-connectors broker check', () => {
  const held = deployedForAll();
  let silent: OpenServer;
  let ofSilent: Promise<Ran>;
  let secret: string;
  const accessToken = newSecret();

  /** Expects no secret and no token in the output. */
  const checkAt = async (url: string, args: readonly string[] = [], key = secret): Promise<Ran> => {
    const env = { BASE44_BROKER_URL: url, BASE44_BROKER_SECRET: key };
    const ran = await cli.run(['broker', 'check', ...args], { env });
    const { serviceToken } = held.broker.base44;
    for (const hidden of [secret, key, serviceToken, accessToken]) {
      expect(hidden.length > 8 && containsSecret(ran.stdout + ran.stderr, hidden)).toBe(false);
    }
    expect(ran.stderr).not.toMatch(A_STACK);
    return ran;
  };

  const expectProblem = (ran: Ran, said: string): void => {
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(said) as unknown });
  };

  beforeAll(async () => {
    secret = held.broker.secret;
    held.broker.base44.connect('slack', { accessToken });
    silent = await openServer(createServer());
    const url = silent.url + FUNCTION_PATH;
    // Runs during the other tests, because it waits for its deadline.
    ofSilent = cli.run(['broker', 'check', '--url', url, '--secret', secret]);
  });

  afterAll(() => silent.close());

  it('fetches a connection at the other URL of the broker, and does not print it', async () => {
    const { code, stdout, stderr } = await checkAt(held.broker.host.apiUrl, ['-c', 'slack']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('It allows: slack, github, openmeter, workspaceConnector:crm1');
    expect(stdout).toContain("It returns a token for 'slack'.");
  });

  it('prints the problem of a connector', async () => {
    const problems = [
      ['github', "'github' is not connected"],
      ['gmail', "Add 'gmail' to the app's secret CONNECTORS_BROKER_ALLOW"],
      ['../x', 'must'],
    ] as const;
    const { url } = held.broker.host;
    const runs = problems.map(([connector]) => checkAt(url, ['--connector', connector]));
    for (const [index, ran] of (await Promise.all(runs)).entries()) {
      expectProblem(ran, problems[index]![1]);
    }
  });

  it('reports that the secret differs', async () => {
    const ran = await checkAt(held.broker.host.url, [], newSecret());
    expectProblem(ran, "the value of the app's secret CONNECTORS_BROKER_SECRET");
  });

  it.each<[string, Responder]>([
    ['404', respondWith({ detail: 'Not Found' }, 404)],
    [
      "the app's own page",
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
    ],
  ])('reports that there is no broker when the response is %s', async (_, respond) => {
    const { url } = await startRecordingServer(respond);
    expectProblem(await checkAt(url + FUNCTION_PATH), 'There is no broker at broker.url');
  });

  it('reports that no server listens', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}${FUNCTION_PATH}`;
    const ran = await checkAt(url);
    expectProblem(ran, 'ECONNREFUSED');
    expect(ran.stderr).not.toContain('serverUrl');
  });

  it('rejects a URL that is not that of a broker', async () => {
    const problems = [
      ['connectors-broker', 'must be the URL of the broker function'],
      ['http://my-app.base44.app/functions/connectors-broker', 'must begin with https://'],
      ['https://my-app.base44.app', 'must be the URL of the broker function'],
    ] as const;
    const runs = problems.map(([url]) => checkAt(url));
    for (const [index, ran] of (await Promise.all(runs)).entries()) {
      expectProblem(ran, `BASE44_BROKER_URL ${problems[index]![1]}`);
    }
  });

  it('rejects a short secret without printing it', async () => {
    const ran = await checkAt(held.broker.host.url, [], 'short-but-secret');
    expectProblem(ran, 'BASE44_BROKER_SECRET must be the value of CONNECTORS_BROKER_SECRET');
  });

  it('names missing environment variables', async () => {
    const lacks = [
      ['BASE44_BROKER_URL', { BASE44_BROKER_SECRET: 'x'.repeat(32) }],
      ['BASE44_BROKER_SECRET', { BASE44_BROKER_URL: 'https://a.b/functions/c' }],
    ] as const;
    const runs = lacks.map(([, env]) => cli.run(['broker', 'check'], { env }));
    for (const [index, { code, stderr }] of (await Promise.all(runs)).entries()) {
      expect(code).toBe(1);
      expect(stderr).toContain(lacks[index]![0]);
    }
  });

  it('rejects responses of other servers', async () => {
    const { url } = await startRecordingServer(respondWith({ hello: 'world' }));
    const { code, stdout } = await checkAt(url + FUNCTION_PATH);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('reports a broker without a secret or without allowed connectors', async () => {
    const secrets = [{}, { CONNECTORS_BROKER_SECRET: secret, CONNECTORS_BROKER_ALLOW: '' }];
    const brokers = await Promise.all(
      secrets.map((each) => DeployedBroker.start({ secrets: each })),
    );
    for (const broker of brokers) closeAfterTest(() => broker.close());
    const [bare, empty] = await Promise.all(brokers.map(({ host }) => checkAt(host.url)));
    expectProblem(bare!, "Set the app's secret CONNECTORS_BROKER_SECRET");
    expect(empty).toMatchObject({
      code: 0,
      stdout:
        'The broker works. It allows no connector because CONNECTORS_BROKER_ALLOW is empty.\n',
    });
  });

  it('reports a broker that does not respond within the deadline', async () => {
    const ran = await ofSilent;
    expectProblem(ran, 'did not respond within 15 s');
    expect(containsSecret(ran.stderr, secret)).toBe(false);
  });
});
