import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { closeAfterTest } from './close-after-test.js';
import { compile, ROOT } from './compile.js';

const TIMEOUT_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs until a signal ends it. */
export interface Running {
  readonly process: ChildProcess;
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Resolves when the process has exited. */
  readonly exited: Promise<Ran>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The input of a user at a terminal, who cancels after the last one. Without it stdin is no terminal. */
  readonly answers?: readonly string[];
}

const TERMINAL = '--import=data:text/javascript,process.stdin.isTTY=true';
const PROMPT = /[>)] $/;

/** The published command line: built, beside the files of the package. */
export class CommandLine {
  /** @param folder - the folder of the package, which has only its ES modules */
  private constructor(readonly folder: string) {}

  static async build(): Promise<CommandLine> {
    const artifacts = path.join(ROOT, 'artifacts');
    await mkdir(artifacts, { recursive: true });
    const folder = await mkdtemp(path.join(artifacts, 'cli-'));
    await compile('lib', path.join(folder, 'dist/lib'));
    await symlink(path.join(ROOT, 'lib'), path.join(folder, 'lib'));
    await copyFile(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
    return new CommandLine(folder);
  }

  /** Runs the command with only the given environment variables. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.#spawn(args, options).exited;
  }

  /** Starts a command that does not end by itself. It is killed after the test. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const running = this.#spawn(args, options);
    closeAfterTest(() => running.process.kill('SIGKILL'));
    return running;
  }

  #spawn(args: readonly string[], options: RunOptions): Running {
    const { cwd = this.folder, env = {}, answers } = options;
    const main = path.join(this.folder, 'dist/lib/cli/main.js');
    const flags = answers === undefined ? [] : [TERMINAL];
    const child = spawn(process.execPath, [...flags, main, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      timeout: TIMEOUT_MS,
    });
    if (answers === undefined) child.stdin.end();
    else answerPrompts(child, answers);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => (output[name] += String(chunk)));
    }
    const exited = new Promise<Ran>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, ...output });
      });
    });
    return { process: child, output, exited };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

function answerPrompts(
  { stdin, stderr }: ChildProcessWithoutNullStreams,
  answers: readonly string[],
): void {
  const remaining = [...answers];
  stderr.on('data', (chunk) => {
    if (!PROMPT.test(String(chunk))) return;
    const answer = remaining.shift();
    if (answer === undefined) stdin.end();
    else stdin.write(`${answer}\n`);
  });
}
