import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exec } from './exec.mjs';
import { createProject, ROOT } from './fresh.mjs';

const LIMIT_MS = 60_000;

/** The packages that the guides name, with the one that sample 07 migrates from. */
const PACKAGES = [
  '@nestjs/config',
  '@nestjs/axios',
  '@nestjs/terminus',
  'keyv',
  '@keyv/redis',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-trace-node',
  '@base44/sdk@0.8.50',
];

const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Copies each sample into the project of a user, as `sample/README.md` says, and starts it there. */
export async function checkSamples(checks, scratch, tarball) {
  const samples = (await readdir(join(ROOT, 'sample'))).filter((name) => /^\d\d-/.test(name));
  const nest12 = { name: 'samples-nest-12', nest: 12, type: 'esm', how: 'import' };
  await checkProject(checks, scratch, { ...nest12, packages: PACKAGES }, samples, tarball);
  const nest11 = { name: 'samples-nest-11', nest: 11, how: 'require' };
  await checkProject(
    checks,
    scratch,
    { ...nest11, packages: ['@nestjs/config@4'] },
    ['01-basic'],
    tarball,
  );
}

async function checkProject(checks, scratch, project, samples, tarball) {
  const path = await checks.check(
    `${project.name}: npm installs what the guides name`,
    async () => {
      const created = await createProject(scratch, project);
      await exec('npm', ['install', tarball.path, ...project.packages, ...QUIET], { cwd: created });
      return created;
    },
  );
  if (!path) return;
  for (const sample of samples) {
    const name = `${project.name}: sample/${sample}`;
    if (sample === '04-external-backend' && !hasDeno()) {
      assert.notEqual(process.env.REQUIRE_DENO, '1', 'deno is missing');
      checks.skip(name, 'deno is not installed');
    } else {
      await checks.check(name, () => checkSample(path, sample));
    }
  }
}

async function checkSample(path, sample) {
  const sources = join(path, 'src');
  await rm(sources, { recursive: true });
  await cp(join(ROOT, 'sample', sample), sources, { recursive: true });
  const before = await readdir(join(path, 'node_modules'));
  if (sample === '06-testing') {
    await exec('npm', ['test'], { cwd: path });
    return;
  }
  // The port shows that the sample reads the file.
  await writeFile(join(path, '.env'), 'PORT=0\n');
  await rm(join(path, 'dist'), { recursive: true, force: true });
  await exec('npm', ['run', 'build'], { cwd: path });
  await checkStart(path);
  assert.deepEqual(await readdir(join(path, 'node_modules')), before);
}

/** Starts the built sample, and requests its home page. */
async function checkStart(path) {
  const env = { ...process.env, NO_COLOR: '1' };
  delete env.PORT;
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: path, env });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  try {
    for (let waitedMs = 0; waitedMs < LIMIT_MS && child.exitCode === null; waitedMs += 50) {
      const [, url] = /Listening on (http:\/\/localhost:\d+) in local mode/.exec(output) ?? [];
      if (url !== undefined) {
        assert.notEqual(new URL(url).port, '3000');
        assert.ok((await fetch(url)).status < 500);
        return;
      }
      await delay(50);
    }
    throw new Error(`the sample did not start: ${output}`);
  } finally {
    child.kill();
    const timeout = delay(LIMIT_MS, 'timeout', { ref: false });
    if ((await Promise.race([closed, timeout])) === 'timeout') {
      child.kill('SIGKILL');
      assert.fail(`a process of the sample runs ${LIMIT_MS} ms after SIGTERM`);
    }
  }
}

function hasDeno() {
  return spawnSync('deno', ['--version']).status === 0;
}
