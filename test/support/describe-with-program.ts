import { spawnSync } from 'node:child_process';

/**
 * `describe` for tests that need a program on the PATH. Without it, one test warns that they did
 * not run.
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
      const message = `${program} is not installed: its tests did not run`;
      if (process.env[variable] === '1') throw new Error(message);
      console.warn(message);
    });
  };
}
