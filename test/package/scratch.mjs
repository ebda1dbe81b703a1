import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec.mjs';

const HERE = import.meta.dirname;

/** Everything that the checks write, apart from the figures, is in here and goes with it. */
export class Scratch {
  static create() {
    return new Scratch(realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-base44-connectors-'))));
  }

  constructor(path) {
    this.path = path;
    process.once('SIGINT', () => this.#leave(130));
    process.once('SIGTERM', () => this.#leave(143));
  }

  /** Lays out one of `consumers/`, with the sources of the user's app in `src/`. */
  async project(consumer, name = consumer) {
    const path = join(this.path, name);
    await cp(join(HERE, 'consumers', consumer), path, { recursive: true });
    await cp(join(HERE, 'app'), join(path, 'src'), { recursive: true });
    await cp(join(HERE, 'probes'), join(path, 'probes'), { recursive: true });
    return path;
  }

  /** A second project like one that is there, with all that is installed in it. */
  async copy(project, name) {
    const path = join(this.path, name);
    await cp(project, path, { recursive: true, verbatimSymlinks: true });
    return path;
  }

  remove() {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  #leave(code) {
    this.remove();
    process.exit(code);
  }
}

/** What a user types, and an unmet peer is an error. */
export const install = (project, ...packages) =>
  exec(
    'npm',
    [
      'install',
      ...packages,
      '--strict-peer-deps',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    { cwd: project },
  );
