import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { ROOT } from '../support/compile.js';
import { DenoFunction, describeWithDeno } from '../support/deno-function.js';
import { containsSecret } from '../support/expect-no-secret.js';
import { FunctionsHost } from '../support/functions-host.js';
import { WorkerdFunction } from '../support/workerd-function.js';
import { CommandLine, type Ran } from '../support/command-line.js';
import { appFolder, FUNCTION_PATH } from './broker.fixture.js';

const FUNCTION = `base44${FUNCTION_PATH}`;
const TEMPLATE = path.join(ROOT, 'lib/cli/broker-template');
const A_STACK = /^\s+at .+:\d+/m;

let cli: CommandLine;

beforeAll(async () => {
  cli = await CommandLine.build();
});

afterAll(() => cli.remove());

const template = (name: string) => readFile(path.join(TEMPLATE, name), 'utf8');

describe('nestjs-base44-connectors broker init', () => {
  let directory: string;

  beforeEach(async () => {
    const parent = await mkdtemp(path.join(tmpdir(), 'apps-'));
    closeAfterTest(() => rm(parent, { recursive: true }));
    directory = path.join(parent, 'app');
    await mkdir(path.join(directory, 'base44'), { recursive: true });
    await writeFile(path.join(directory, 'base44/config.jsonc'), '{}');
  });

  const writtenSecrets = () =>
    readFile(path.join(directory, '.connectors-broker/secrets.env'), 'utf8');
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
    expect(await written('service-role.ts')).toBe(await template('service-role.template'));
  });

  it('imports exactly the version of the SDK that the tests run', async () => {
    await init();
    const manifest = await readFile(path.join(ROOT, 'package.json'), 'utf8');
    const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
    const texts = await Promise.all(['entry.ts', 'service-role.ts'].map(written));
    expect(texts.join('').match(/npm:[^']+/g)).toEqual([
      `npm:@base44/sdk@${devDependencies['@base44/sdk']}`,
    ]);
    expect(devDependencies['@base44/sdk']).toMatch(/^\d/);
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
    expect(await writtenSecrets()).toMatch(/^CONNECTORS_BROKER_ALLOW=$/m);
    expect(stdout).toContain('The broker allows no connector yet');
  });

  it('creates a new strong secret each time, for both sides', async () => {
    const secrets: string[] = [];
    for (const args of [[], ['--force']]) {
      const { stdout } = await init(...args);
      const [, forNest = ''] = /^\s*BASE44_BROKER_SECRET=(\S+)$/m.exec(stdout) ?? [];
      expect(forNest).toMatch(/^[\w-]{43}$/);
      expect(await writtenSecrets()).toContain(`CONNECTORS_BROKER_SECRET=${forNest}\n`);
      const files = await Promise.all(['broker.ts', 'service-role.ts', 'entry.ts'].map(written));
      expect(containsSecret(files.join(''), forNest)).toBe(false);
      secrets.push(forNest);
    }
    expect(secrets[0]).not.toEqual(secrets[1]);
  });

  it('keeps the secret off every command line', async () => {
    const { stdout } = await init('--allow', 'slack');
    const [, secret = ''] = /^\s*BASE44_BROKER_SECRET=(\S+)$/m.exec(stdout) ?? [];
    const commands = stdout.split('\n').filter((line) => /^ {3}(cd|npx|rm) /.test(line));
    expect(commands).toEqual([
      `   cd ${directory}`,
      '   npx base44 secrets set --env-file .connectors-broker/secrets.env',
      '   npx base44 functions deploy connectors-broker',
      '   rm -r .connectors-broker',
      '   npx nestjs-base44-connectors broker check --env .env',
    ]);
    expect(containsSecret(commands.join(''), secret)).toBe(false);
  });

  it('writes secrets that only the user can read, and that Git ignores', async () => {
    const folder = path.join(directory, '.connectors-broker');
    // A folder that others can read, with a file that another program made.
    await mkdir(folder, { mode: 0o777 });
    await writeFile(path.join(folder, 'secrets.env'), 'old', { mode: 0o666 });
    await init();
    const modes = [folder, path.join(folder, 'secrets.env')].map(async (file) => {
      const { mode } = await stat(file);
      return mode & 0o777;
    });
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
    const git = (...args: string[]) => spawnSync('git', args, { cwd: directory, encoding: 'utf8' });
    git('init');
    expect(git('add', '--all', '--dry-run').stdout).toContain('connectors-broker/broker.ts');
    expect(git('add', '--all', '--dry-run').stdout).not.toContain('secrets.env');
  });

  it('writes the secrets through no symbolic link', async () => {
    const outside = path.join(directory, '../outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'secrets.env'), 'mine');
    await symlink(outside, path.join(directory, '.connectors-broker'));
    expect((await init()).code).toBe(0);
    expect(await readFile(path.join(outside, 'secrets.env'), 'utf8')).toBe('mine');
    expect(await writtenSecrets()).toContain('CONNECTORS_BROKER_SECRET=');
  });

  it('prints the next steps', async () => {
    const { stdout } = await init('--allow', 'github,appUserConnector:cal1');
    expect(await writtenSecrets()).toMatch(
      /^CONNECTORS_BROKER_ALLOW=github,appUserConnector:cal1$/m,
    );
    expect(stdout).toContain(
      "BASE44_BROKER_URL=https://<your app's host, such as my-app.base44.app>/functions/connectors-broker",
    );
    expect(stdout).not.toContain('CONNECTORS_BROKER_PREVIOUS_SECRET');
    expect((await init('--force')).stdout).toContain('CONNECTORS_BROKER_PREVIOUS_SECRET');
  });

  it("prints the app's id, if the folder is linked to an app", async () => {
    expect((await init()).stdout).toContain("BASE44_APP_ID=<the app's id>\n");
    const text = '// Links this folder to an app.\n{\n  "id": "66f0c2a41d"\n}\n';
    await writeFile(path.join(directory, 'base44/.app.jsonc'), text);
    expect((await init('--force')).stdout).toContain('BASE44_APP_ID=66f0c2a41d\n');
  });

  describe('in another folder than that of a Base44 app', () => {
    let other: string;

    beforeEach(async () => {
      other = path.join(directory, '../other');
      await mkdir(other);
    });

    const initThere = (...args: string[]) =>
      cli.run(['broker', 'init', '--yes', ...args], { cwd: other });

    const expectNothing = async (
      { code, stdout, stderr }: Ran,
      ...said: string[]
    ): Promise<void> => {
      expect([code, stdout]).toEqual([1, '']);
      for (const text of ['Nothing was written. ', ...said]) expect(stderr).toContain(text);
      expect(stderr).toContain('Use --force to write it here anyway.');
      await expect(readdir(path.join(other, 'base44'))).rejects.toThrow('ENOENT');
    };

    it('writes nothing, and names the folder of the app beside it', async () => {
      await expectNothing(
        await initThere(),
        'is not a Base44 app, because it contains no base44/config.jsonc',
        'npx nestjs-base44-connectors broker init ../app\n',
      );
    });

    it.each([
      ['nest-cli.json', '{}'],
      ['package.json', '{ "dependencies": { "@nestjs/core": "^12.0.0" } }'],
    ])('writes nothing beside the %s of a Nest application', async (name, text) => {
      await writeFile(path.join(other, name), text);
      await rm(directory, { recursive: true });
      await expectNothing(
        await initThere(),
        'is a Nest application, and the broker is a function of the Base44 app',
        'npx nestjs-base44-connectors broker init <folder>',
        "'npx base44 eject' downloads an existing app",
      );
    });

    it.each(['base44', 'src/lib'])('names the folder of the app above %s', async (below) => {
      other = path.join(directory, below);
      await mkdir(other, { recursive: true });
      await expectNothing(
        await initThere(),
        `npx nestjs-base44-connectors broker init ${path.relative(other, directory)}\n`,
      );
    });

    it('writes the function there with --force', async () => {
      expect((await initThere('--force')).code).toBe(0);
      expect(await readdir(path.join(other, FUNCTION))).toContain('entry.ts');
    });

    it.each([
      [['y', 'slack'], 0],
      [['n'], 1],
    ])('asks at a terminal: the input %j exits with %d', async (answers, expected) => {
      const { code } = await cli.run(['broker', 'init'], { cwd: other, answers });
      expect(code).toBe(expected);
      const files = await readdir(path.join(other, FUNCTION)).catch((): string[] => []);
      expect(files.includes('entry.ts')).toBe(expected === 0);
    });

    it('accepts a Nest application that is a Base44 app as well', async () => {
      await writeFile(path.join(directory, 'nest-cli.json'), '{}');
      expect((await init()).code).toBe(0);
    });
  });

  describe('with a name that no known connector has', () => {
    it.each([
      ['slak', "'slak' is not a connector that this version knows. Did you mean 'slack'?"],
      ['slack,Slack', "'Slack' is not a connector that this version knows. Did you mean 'slack'?"],
      ['constructor', "'constructor' is not a connector that this version knows."],
      ['qq,slak', "'qq' is not a connector that this version knows. 'slak' is not"],
    ])('writes nothing for %j', async (list, said) => {
      const { code, stdout, stderr } = await init('--allow', list);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(said);
      expect(stderr).toContain('Use --force to allow anyway.');
      await expect(written('broker.ts')).rejects.toThrow('ENOENT');
    });

    it('allows it with --force, because Base44 may have newer connectors', async () => {
      expect((await init('--allow', 'brandnew', '--force')).code).toBe(0);
      expect(await writtenSecrets()).toMatch(/^CONNECTORS_BROKER_ALLOW=brandnew$/m);
    });

    it('accepts any id of a connector of the workspace or of users', async () => {
      const list = 'workspaceConnector:slak,appUserConnector:66f0c2a41d';
      expect((await init('--allow', list)).code).toBe(0);
    });

    it.each([
      ['y', 0],
      ['n', 1],
    ])('asks at a terminal: the input %j exits with %d', async (answer, expected) => {
      const answers = ['slack,slak', answer];
      const { code, stderr } = await cli.run(['broker', 'init', directory], { answers });
      expect(code).toBe(expected);
      expect(stderr).toContain("Did you mean 'slack'?\nAllow anyway? (y/N)");
    });
  });

  it.each([
    ['broker.ts', 'entry.ts', ['--yes']],
    ['entry.ts', 'broker.ts', []],
  ])('overwrites no %s without a flag', async (name, other, args) => {
    await write(name, 'mine');
    const { code, stdout, stderr } = await cli.run(['broker', 'init', directory, ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Nothing was written\. This would overwrite .+\.\nUse --force to overwrite anyway\.$/m,
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
      expect((await answering('slack, appUserConnector:cal1')).code).toBe(0);
      expect(await writtenSecrets()).toMatch(
        /^CONNECTORS_BROKER_ALLOW=slack,appUserConnector:cal1$/m,
      );
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
      expect(stderr).toContain('Use --force to overwrite anyway.');
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
        await rm(link, { recursive: true, force: true });
        await mkdir(path.dirname(link), { recursive: true });
        await symlink(outside, link);
        const { code, stdout, stderr } = await init('--force');
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toContain(`Nothing was written because ${link} is a symbolic link`);
        expect(await readdir(outside)).toEqual([]);
      },
    );

    it.each(['broker.ts', 'signature.ts', 'service-role.ts', 'entry.ts'])(
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
    await writeFile(path.join(directory, 'base44/functions'), 'a file');
    const { code, stdout, stderr } = await init();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('base44');
    expect(stderr).not.toMatch(A_STACK);
  });
});

describeWithDeno('The function of broker init', () => {
  it.each([
    ['Deno', 'deno-serve', DenoFunction],
    ['workerd', 'deno-serve', WorkerdFunction],
    ['workerd', 'export-default', WorkerdFunction],
  ])('runs unchanged in %s as %s, and broker check succeeds', async (_, shape, runner) => {
    const folder = await appFolder();
    closeAfterTest(() => rm(folder, { recursive: true }));
    const args = ['--yes', '--shape', shape, '--allow', 'slack,gmail'];
    await cli.run(['broker', 'init', folder, ...args]);
    const secrets = parseEnv(
      await readFile(path.join(folder, '.connectors-broker/secrets.env'), 'utf8'),
    ) as Record<string, string>;
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const running = await runner.start(path.join(folder, FUNCTION, 'entry.ts'), secrets);
    const host = await FunctionsHost.start(base44, running);
    closeAfterTest(() => host.close());
    const env = {
      BASE44_BROKER_URL: host.url,
      BASE44_BROKER_SECRET: secrets.CONNECTORS_BROKER_SECRET!,
    };
    const { code, stdout, stderr } = await cli.run(['broker', 'check'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('The broker works. It allows: slack, gmail.\n');
  });
});
