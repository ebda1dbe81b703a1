import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

/** Programs that start `node` by its name get the Node.js that runs these checks. */
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);

const TIMEOUT_MS = 180_000;

/**
 * Runs a program to its end.
 *
 * @returns its output to stdout
 * @throws with its whole output when it fails or takes longer than three minutes
 */
export function exec(program, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const output = { stdout: '', all: '' };
    child.stdout.on('data', (text) => {
      output.stdout += text;
      output.all += text;
    });
    child.stderr.on('data', (text) => {
      output.all += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output.stdout);
      else reject(new Error(`${program} ${args.join(' ')}: ${signal ?? code}\n${output.all}`));
    });
  });
}

export const node = (args, options) => exec(process.execPath, args, options);

/** A program of an installed package. */
export const bin = (project, program, args, options) =>
  exec(join(project, 'node_modules', '.bin', program), args, { cwd: project, ...options });
