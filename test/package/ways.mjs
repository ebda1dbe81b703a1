import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exec } from './exec.mjs';
import { createProject, ROOT } from './fresh.mjs';

const TOKEN = 'ya29-of-the-emulator';
const EVENTS = { items: [{ summary: 'Stand-up' }] };
const LIMIT_MS = 60_000;

/**
 * Follows the three ways of the README in a new project, from the first command to a response with
 * events, and counts the lines that a user types.
 */
export async function checkWays(checks, scratch, tarball) {
  const project = { name: 'ways', nest: 12, type: 'esm', how: 'import' };
  const ways = await checks.check('the ways of the README: a new project', async () => {
    const path = await createProject(scratch, project);
    const install = `npm install ${tarball.path} @nestjs/config`;
    await run(path, install);
    return new Ways(scratch, path, [install]);
  });
  if (!ways) return;
  for (const [title, follow] of [
    ['Outside Base44', () => ways.outside()],
    ['Called by Base44', () => ways.calledByBase44()],
    ['With the emulator', () => ways.withEmulator()],
  ]) {
    const typed = await checks.check(`the README, "${title}": a response with events`, follow);
    await ways.stop();
    if (typed) console.log(`figure | ${title}: lines typed | ${typed}`);
  }
}

class Ways {
  #scratch;
  #project;
  #commands;
  #children = [];

  constructor(scratch, project, commands) {
    this.#scratch = scratch;
    this.#project = project;
    this.#commands = commands;
  }

  async outside() {
    const app = join(this.#scratch.path, 'my-base44-app');
    await mkdir(join(app, 'base44'), { recursive: true });
    await writeFile(join(app, 'base44', 'config.jsonc'), '{ "name": "My app" }');
    const base44 = await this.#startEmulator();

    const command =
      'npx nestjs-base44-connectors broker init ../my-base44-app --allow googlecalendar';
    const printed = await run(this.#project, `${command} --yes`);
    const { stop, url } = await this.#deploy(app, base44, printed);
    const [secret] = /^ *BASE44_BROKER_SECRET=.+$/m.exec(printed);
    const env = [`BASE44_APP_ID=${base44.appId}`, `BASE44_BROKER_URL=${url}`, secret.trim()];
    const deployment = printed.match(/^ +(npx base44|rm) .+$/gm);
    assert.equal(deployment.length, 3, printed);
    try {
      return await this.#getEvents('outside', [command, ...deployment], env);
    } finally {
      stop();
    }
  }

  async calledByBase44() {
    const base44 = await this.#startEmulator();
    const env = [`BASE44_APP_ID=${base44.appId}`, `BASE44_API_URL=${base44.serverUrl}`];
    return this.#getEvents('called-by-base44', [], env, toHeaders(base44));
  }

  async withEmulator() {
    const base44 = await this.#startEmulator();
    return this.#getEvents('emulator', [base44.command], base44.env);
  }

  async stop() {
    for (const child of this.#children.splice(0)) child.kill();
  }

  /** Starts the emulator, and returns what it prints for `.env`. */
  async #startEmulator() {
    const command = 'npx nestjs-base44-connectors emulator --connect googlecalendar';
    const args = ['--connect', 'googlecalendar=GOOGLE_TOKEN', '--port', '0'];
    const child = this.#start(['node_modules/.bin/nestjs-base44-connectors', 'emulator', ...args], {
      GOOGLE_TOKEN: TOKEN,
    });
    const printed = await child.findLine(/BASE44_SERVICE_TOKEN=.+/);
    const env = printed.match(/^BASE44_\w+=.+$/gm);
    const values = Object.fromEntries(env.map((line) => line.split(/=(.*)/s)));
    return {
      command,
      env,
      appId: values.BASE44_APP_ID,
      serverUrl: values.BASE44_API_URL,
      serviceToken: values.BASE44_SERVICE_TOKEN,
    };
  }

  /** Runs the function in workerd, behind a server that adds the headers of Base44. */
  async #deploy(app, base44) {
    const secrets = await readFile(join(app, '.connectors-broker', 'secrets.env'), 'utf8');
    const env = Object.fromEntries(
      secrets
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
    const entry = join(app, 'base44', 'functions', 'connectors-broker', 'entry.ts');
    const host = fork(
      join(ROOT, 'test/support/workerd/host.mjs'),
      [entry, join(ROOT, 'node_modules')],
      {
        env: { ...env, PATH: process.env.PATH, CONNECTORS_BROKER_SERVER_URL: base44.serverUrl },
      },
    );
    this.#children.push(host);
    const [{ port }] = await once(host, 'message');
    const hosting = createServer((incoming, response) => {
      const { method, url, headers } = incoming;
      const options = { port, method, path: url, headers: { ...headers, ...toHeaders(base44) } };
      incoming.pipe(
        send(options, (answer) =>
          answer.pipe(response.writeHead(answer.statusCode, answer.headers)),
        ),
      );
    });
    await once(hosting.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${hosting.address().port}/functions/connectors-broker`;
    return { url, stop: () => hosting.close().closeAllConnections() };
  }

  /** @returns the number of lines that the way takes */
  async #getEvents(way, commands, env, headers = {}) {
    const examples = join(ROOT, 'test/guides/readme');
    const module = await readFile(join(examples, `${way}.app.module.ts`), 'utf8');
    const controller = await readFile(join(examples, 'calendar.controller.ts'), 'utf8');
    await writeFile(join(this.#project, 'src/app.module.ts'), module);
    await writeFile(join(this.#project, '.env'), `${env.join('\n')}\n`);
    await run(this.#project, 'npm run build');

    const google = await startGoogle();
    const app = this.#start(
      ['--env-file=.env', '--import', './probes/redirect-google.mjs', 'dist/main.js'],
      {
        GOOGLE_URL: google.url,
        PORT: '0',
      },
    );
    try {
      const url = await app.findUrl();
      const response = await fetch(`${url}/calendar/events`, { headers });
      assert.equal(response.status, 200, await response.clone().text());
      assert.deepEqual(await response.json(), EVENTS);
    } finally {
      google.stop();
    }
    const countCode = (text) => text.split('\n').filter((line) => line.trim() !== '').length;
    const code = countCode(module) + countCode(controller);
    return `${this.#commands.length + commands.length} commands, ${code} of code, ${env.length} of .env`;
  }

  #start(args, env) {
    const child = spawn(process.execPath, args, {
      cwd: this.#project,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.#children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    const findLine = async (pattern) => {
      for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 50) {
        if (pattern.test(output)) return output;
        if (child.exitCode !== null) break;
        await delay(50);
      }
      throw new Error(`no ${pattern} in: ${output}`);
    };
    return Object.assign(child, {
      findLine,
      findUrl: async () =>
        /Listening on (http:\S+)/.exec(await findLine(/Listening on http:\S+/))[1],
    });
  }
}

const run = (cwd, command) => exec('sh', ['-c', command], { cwd });

const toHeaders = ({ appId, serverUrl, serviceToken }) => ({
  'base44-app-id': appId,
  'base44-api-url': serverUrl,
  'base44-service-authorization': `Bearer ${serviceToken}`,
});

/** A stand-in for Google Calendar that needs the emulator's token. */
async function startGoogle() {
  const server = createServer(({ url, headers }, response) => {
    const isRight =
      url === '/calendar/v3/calendars/primary/events' &&
      headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(isRight ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(isRight ? EVENTS : {}));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => server.close().closeAllConnections(),
  };
}
