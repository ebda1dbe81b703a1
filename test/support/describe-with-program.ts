import { spawnSync } from 'node:child_process';
import { printFigure } from './print-figure.js';

/**
 * `describe` for tests that need a program on the PATH. Without it, one test says that they
 * did not run.
 *
 * @param variable - the environment variable that makes that test fail when it is 1
 */
export function describeWithProgram(
  program: string,
  variable: string,
): (name: string, tests: () => void) => void {
  const isInstalled = spawnSync(program, ['--version']).status === 0;
  if (isInstalled) return describe;
  return (name) => {
    it(`${name}: not tested, because ${program} is not installed`, () => {
      const message = `not tested, because ${program} is not installed`;
      if (process.env[variable] === '1') throw new Error(message);
      printFigure(name, message);
    });
  };
}
