import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
/** The time in which a sample must exit. */
const STOP_MS = 5_000;
const END_LIMIT_MS = 15_000;

/** The root of the repository, in which samples start. */
export const ROOT = new URL('../../..', import.meta.url).pathname;

export const said = (what) => console.log(`ok  ${what}`);

/** A sample that was started as the README says, on a free port. */
class Sample {
  /** Its output. */
  log = '';
  #process;

  constructor([command, ...args]) {
    this.#process = spawn(command, args, {
      cwd: ROOT,
      detached: true,
      env: { ...process.env, PORT: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      output.setEncoding('utf8').on('data', (chunk) => (this.log += chunk));
    }
  }

  /** Its URL, once it has printed it. */
  async address() {
    for (;;) {
      const [, url] = /Listening on (http:\S+) in local mode/.exec(this.log) ?? [];
      if (url !== undefined) return url;
      if (this.#process.exitCode !== null) throw new Error('the sample ended');
      await delay(POLL_MS);
    }
  }

  /** Ends the sample and all its processes. The check fails if they do not exit by themselves. */
  async stop() {
    this.#signal('SIGTERM');
    for (let waited = 0; this.#signal(0) && waited < STOP_MS; waited += POLL_MS) {
      await delay(POLL_MS);
    }
    if (!this.#signal('SIGKILL')) return;
    console.error(`The sample runs ${STOP_MS} ms after SIGTERM.`);
    process.exitCode = 1;
  }

  #signal(signal) {
    try {
      return process.kill(-this.#process.pid, signal);
    } catch {
      return false;
    }
  }
}

/**
 * Starts a sample, checks it, and always ends this process and its children. The exit code is 1
 * when the check fails, takes too long or is interrupted.
 *
 * @param check - gets the sample, and a list to which it adds further things to end
 */
export async function checkSample(command, limitMs, check) {
  const sample = new Sample(command);
  const atTheEnd = [() => sample.stop()];
  const stopped = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not done in ${limitMs} ms`)), limitMs);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => reject(new Error(signal)));
    }
  });
  try {
    await Promise.race([check(sample, atTheEnd), stopped]);
  } catch (error) {
    console.error(error, `\nThe sample said:\n${sample.log}`);
    process.exitCode = 1;
  }
  const ended = Promise.allSettled(atTheEnd.map((end) => end()));
  await Promise.race([ended, delay(END_LIMIT_MS)]);
  process.exit();
}
