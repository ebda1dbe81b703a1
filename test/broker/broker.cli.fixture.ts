import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { compile, ROOT } from '../support/compile.js';

const TIMEOUT_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The command line as it is published: built, with the files beside it that the package has. */
export class CommandLine {
  private constructor(private readonly folder: string) {}

  static async build(): Promise<CommandLine> {
    const artifacts = path.join(ROOT, 'artifacts');
    await mkdir(artifacts, { recursive: true });
    const folder = await mkdtemp(path.join(artifacts, 'cli-'));
    await compile('lib', path.join(folder, 'dist/lib'));
    await symlink(path.join(ROOT, 'lib'), path.join(folder, 'lib'));
    await copyFile(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    return new CommandLine(folder);
  }

  /** Runs it with nothing in its environment but what is given, and nobody to answer questions. */
  run(args: readonly string[], { cwd = this.folder, env = {} }: RunOptions = {}): Promise<Ran> {
    const main = path.join(this.folder, 'dist/lib/cli/main.js');
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => (texts[name] += String(chunk)));
    }
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, ...texts });
      });
    });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
