import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from './exec.mjs';

const HERE = import.meta.dirname;

/** The folder of everything that the checks write, except the figures. It is deleted in the end. */
export class Scratch {
  static create() {
    return new Scratch(realpathSync(mkdtempSync(join(tmpdir(), 'nestjs-base44-connectors-'))));
  }

  constructor(path) {
    this.path = path;
    process.once('SIGINT', () => this.#leave(130));
    process.once('SIGTERM', () => this.#leave(143));
  }

  /** Creates one of `consumers/`, with the sources of the user's app in `src/`. */
  async project(consumer, name = consumer) {
    const path = join(this.path, name);
    await cp(join(HERE, 'consumers', consumer), path, { recursive: true });
    await cp(join(HERE, 'app'), join(path, 'src'), { recursive: true });
    await cp(join(HERE, 'probes'), join(path, 'probes'), { recursive: true });
    return path;
  }

  /** Copies a project with everything installed in it. */
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

/** The install command of a user, in which an unmet peer is an error. */
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
