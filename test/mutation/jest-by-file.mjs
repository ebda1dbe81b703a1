/**
 * Stryker's Jest runner starts every spec for every mutant, and runs all tests after the first
 * failure. This plugin starts only the specs that reach the mutant, one by one, and stops at the
 * first failing test. It is also the environment of those specs.
 */

import { readFile, writeFile } from 'node:fs/promises';
import StrykerEnvironment from '@stryker-mutator/jest-runner/jest-env/node';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';

/** The tests of each spec, written by the dry run to the sandbox that all workers share. */
const TESTS = 'mutation-tests.json';

const [jest] = jestPlugins;

export const strykerPlugins = [{ ...jest, name: 'jest-by-file', factory: createRunner }];

createRunner.inject = jest.factory.inject;

function createRunner(injector) {
  const runner = jest.factory(injector);
  const dryRun = runner.dryRun.bind(runner);
  const mutantRun = runner.mutantRun.bind(runner);

  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    await writeFile(TESTS, JSON.stringify(groupByFile(result.tests ?? [], runner.jestConfig)));
    return result;
  };

  runner.mutantRun = async ({ testFilter, ...options }) => {
    const isWanted = (name) => testFilter === undefined || testFilter.includes(name);
    const config = runner.jestConfig;
    let result;
    for (const [file, names] of JSON.parse(await readFile(TESTS, 'utf8'))) {
      const wanted = names.filter(isWanted);
      if (wanted.length === 0) continue;
      runner.jestConfig = { ...config, testMatch: [file] };
      result = await mutantRun({ ...options, testFilter: testFilter && wanted });
      if (result.status !== 'survived') break;
    }
    runner.jestConfig = config;
    return result;
  };
  return runner;
}

/** Keeps the order of the specs in the configuration. */
function groupByFile(tests, { testMatch }) {
  const rank = (file) =>
    testMatch.findIndex((spec) => file.endsWith(spec.replace('<rootDir>', '')));
  const files = [...new Set(tests.map(({ fileName }) => fileName))];
  return files
    .sort((a, b) => rank(a) - rank(b))
    .map((file) => [file, tests.filter((test) => test.fileName === file).map(({ name }) => name)]);
}

/** Skips the tests after the first failing one, and ignores what `afterAll` expects of them all. */
export default class BailingEnvironment extends StrykerEnvironment {
  constructor(...options) {
    super(...options);
    const handle = this.handleTestEvent;
    this.handleTestEvent = async (event, state) => {
      await handle(event, state);
      if (event.name === 'test_done' && event.test.errors.length > 0) state.testNamePattern = /$^/;
      if (event.name === 'hook_failure' && event.hook.type === 'afterAll')
        state.unhandledErrors.pop();
    };
  }
}
