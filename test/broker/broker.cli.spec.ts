import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OpenServer, openServer } from '../support/open-server.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { containsSecret } from '../support/expect-no-secret.js';
import { findFreePort } from '../support/free-port.js';
import { ROOT } from '../support/compile.js';
import { describeWithDeno } from '../support/deno-function.js';
import { startRecordingServer, type Responder, respondWith } from '../support/recording-server.js';
import { CommandLine, type Ran } from '../support/command-line.js';
import { DeployedBroker, deployedForAll, FUNCTION_PATH, newSecret } from './broker.fixture.js';

const A_STACK = /^\s+at .+:\d+/m;

let cli: CommandLine;

beforeAll(async () => {
  cli = await CommandLine.build();
});

afterAll(() => cli.remove());

describe('nestjs-base44-connectors', () => {
  it('prints its help and its version', async () => {
    const manifest = await readFile(path.join(ROOT, 'package.json'), 'utf8');
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
        `Checking ${url}${FUNCTION_PATH} from BASE44_BROKER_URL with the secret from BASE44_BROKER_SECRET.\n` +
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
      [
        'gihub',
        "--connector: 'gihub' is not a connector that this version knows. Did you mean 'github'?",
      ],
      ['../x', '--connector: Integration type must be 1 to 128 letters'],
      ['appUserConnector:cal1', "--connector: This command cannot check an app user's connection"],
    ] as const;
    const { url } = held.broker.host;
    const runs = problems.map(([connector]) => checkAt(url, ['--connector', connector]));
    for (const [index, ran] of (await Promise.all(runs)).entries()) {
      expectProblem(ran, problems[index]![1]);
    }
  });

  it('reports that the secret differs', async () => {
    const ran = await checkAt(held.broker.host.url, [], newSecret());
    expectProblem(
      ran,
      "Set BASE44_BROKER_SECRET to the value of the app's secret CONNECTORS_BROKER_SECRET",
    );
    expect(ran.stderr).toContain('the host of BASE44_BROKER_URL');
  });

  it.each<[string, Responder]>([
    ['404', respondWith({ detail: 'Not Found' }, 404)],
    [
      "the app's own page",
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
    ],
  ])('reports that there is no broker when the response is %s', async (_, respond) => {
    const { url } = await startRecordingServer(respond);
    expectProblem(await checkAt(url + FUNCTION_PATH), 'There is no broker at BASE44_BROKER_URL. ');
  });

  it('reports that no server listens', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}${FUNCTION_PATH}`;
    const ran = await checkAt(url);
    expectProblem(ran, 'no connection to BASE44_BROKER_URL (ECONNREFUSED)');
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

  it('names what is missing, and the remedy', async () => {
    const url = 'https://a.b/functions/c';
    const [nothing, onlyUrl, onlySecret] = await Promise.all([
      cli.run(['broker', 'check']),
      cli.run(['broker', 'check', '--url', url]),
      cli.run(['broker', 'check'], { env: { BASE44_BROKER_SECRET: secret } }),
    ]);
    const missing = [
      'Set BASE44_BROKER_URL in the environment',
      'Set BASE44_BROKER_SECRET',
    ] as const;
    for (const said of [...missing, 'use --env .env']) expectProblem(nothing, said);
    expectProblem(onlyUrl, missing[1]);
    expect(onlyUrl.stderr).not.toContain('BASE44_BROKER_URL');
    expectProblem(onlySecret, missing[0]);
    expect(onlySecret.stderr).not.toContain('BASE44_BROKER_SECRET');
  });

  it('names malformed options as the user wrote them, all at once', async () => {
    const args = ['--url', 'my-app', '--secret', 'short-but-secret', '--connector', 'a b'];
    const env = { BASE44_BROKER_URL: held.broker.host.url, BASE44_BROKER_SECRET: secret };
    const { code, stdout, stderr } = await cli.run(['broker', 'check', ...args], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^--url must be the URL of the broker function/),
      expect.stringMatching(/^--secret must be the value of CONNECTORS_BROKER_SECRET/),
      expect.stringMatching(/^--connector: Integration type must be/),
    ]);
    expect(stderr).not.toContain('short-but-secret');
    expect(held.broker.host.requests).toEqual([]);
  });

  it('reads the variables from a file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'env-'));
    closeAfterTest(() => rm(folder, { recursive: true }));
    const text = `BASE44_BROKER_URL=${held.broker.host.url}\nBASE44_BROKER_SECRET=${secret}\n`;
    await writeFile(path.join(folder, '.env'), text);
    const read = (file: string) => cli.run(['broker', 'check', '--env', file], { cwd: folder });
    const [found, absent] = await Promise.all([read('.env'), read('other.env')]);
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(found.stdout).toContain('from BASE44_BROKER_URL');
    expectProblem(absent, 'The file cannot be read.');
  });

  it('names the file that lacks a variable', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'env-'));
    closeAfterTest(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, '.env'), `BASE44_BROKER_URL=${held.broker.host.url}\n`);
    const ran = await cli.run(['broker', 'check', '--env', '.env'], { cwd: folder });
    expectProblem(ran, 'Set BASE44_BROKER_SECRET in .env.');
    expect(ran.stderr).not.toContain('use --env');
  });

  it('rejects responses of other servers', async () => {
    const { url } = await startRecordingServer(respondWith({ hello: 'world' }));
    const ran = await checkAt(url + FUNCTION_PATH);
    expectProblem(ran, `The server at ${url} responds, but it is not a broker.`);
    expect(ran.stderr).toContain('Correct BASE44_BROKER_URL.');
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
      stdout: expect.stringContaining(
        'The broker works. It allows no connector because CONNECTORS_BROKER_ALLOW is empty.\n',
      ) as unknown,
    });
  });

  it('reports a broker that does not respond within the deadline', async () => {
    const ran = await ofSilent;
    expectProblem(ran, 'did not respond within 15 s');
    expect(containsSecret(ran.stderr, secret)).toBe(false);
  });
});
