/**
 * A test runner for Stryker that loads the package and the specs once, and then runs the tests that
 * reach a mutant in the same process. Stryker's runner for Jest loads everything for each mutant,
 * which takes far longer than the tests.
 */

import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  declareClassPlugin,
  declareFactoryPlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { determineHitLimitReached } from '@stryker-mutator/api/test-runner';
import { transformFile } from '@swc/core';
import { defineGlobals, Suite } from './suite.mjs';

/** The package refers to itself by its name, so its files are where `exports` leads. */
const BUILD = 'dist';

const createRunner = (options) => new InProcessRunner(options.inProcess.specs);
createRunner.inject = tokens('options');

/** Prints each surviving mutant when it is found, because other reporters print them at the end. */
class SurvivorsReporter {
  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status !== 'Survived' && status !== 'NoCoverage') return;
    const { line, column } = location.start;
    console.log(`${status} ${fileName}:${line}:${column} ${mutatorName}: ${replacement}`);
  }
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'in-process', createRunner),
  declareClassPlugin(PluginKind.Reporter, 'survivors', SurvivorsReporter),
];

class InProcessRunner {
  #specs;
  #loading;
  #suite = new Suite();
  #mutants = 0;
  #isSpoiled = false;

  constructor(specs) {
    this.#specs = specs;
    globalThis.__stryker__ ??= {};
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun({ coverageAnalysis }) {
    await this.#load();
    const onTest = (id) => {
      if (coverageAnalysis === 'perTest') globalThis.__stryker__.currentTestId = id;
    };
    const results = await this.#suite.run({ onTest });
    globalThis.__stryker__.currentTestId = undefined;
    const tests = results.map(({ id, error, timeSpentMs }) => ({
      id,
      name: id,
      timeSpentMs,
      ...(error === undefined
        ? { status: 0 }
        : { status: 1, failureMessage: String(error?.stack ?? error) }),
    }));
    const { mutantCoverage } = globalThis.__stryker__;
    return { status: 'complete', tests, mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    // Stryker then starts another process.
    if (this.#isSpoiled) throw new Error('a mutant has spoiled this process');
    this.#mutants += 1;
    const context = globalThis.__stryker__;
    Object.assign(context, { hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    if (mutantActivation === 'static') context.activeMutant = activeMutant.id;
    try {
      await this.#load();
      context.activeMutant = activeMutant.id;
      const ids = testFilter && new Set(testFilter);
      const results = await this.#suite.run({ ids, bail: true });
      const timeout = determineHitLimitReached(context.hitCount, hitLimit);
      context.activeMutant = undefined;
      if (mutantActivation !== 'static') await this.#checkProcess(results);
      return toMutantResult(results, timeout);
    } catch (error) {
      if (this.#isSpoiled) throw error;
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      context.activeMutant = undefined;
    }
  }

  /**
   * Runs a failed test again without the mutant. If it fails, a mutant has left the process in another
   * state, such as a mocked clock, and the test says nothing about this mutant unless it is the first.
   */
  async #checkProcess(results) {
    const failed = results.find(({ error }) => error !== undefined);
    if (failed === undefined) return;
    const [again] = await this.#suite.run({ ids: new Set([failed.id]) });
    this.#isSpoiled = again?.error !== undefined;
    if (this.#isSpoiled && this.#mutants > 1) throw new Error(`spoiled: ${String(again.error)}`);
  }

  #load() {
    return (this.#loading ??= this.#start());
  }

  async #start() {
    await build();
    defineGlobals(this.#suite);
    for (const spec of this.#specs) {
      await this.#suite.collect(
        spec,
        () => import(pathToFileURL(path.resolve(BUILD, 'test', `${spec}.spec.js`)).href),
      );
    }
  }
}

function toMutantResult(results, timeout) {
  if (timeout !== undefined) return timeout;
  const failed = results.find(({ error }) => error !== undefined);
  const nrOfTests = results.length;
  if (!failed) return { status: 'survived', nrOfTests };
  return {
    status: 'killed',
    killedBy: [failed.id],
    failureMessage: String(failed.error),
    nrOfTests,
  };
}

/** Compiles the mutated package and the tests as Jest compiles them. */
async function build() {
  const marker = path.join(BUILD, 'complete');
  if (existsSync(marker)) return;
  for (const folder of ['lib', 'test']) {
    const names = await readdir(folder, { recursive: true });
    const sources = names.filter((name) => /\.ts$/.test(name) && !/\.d\.ts$/.test(name));
    await Promise.all(sources.map((name) => compile(path.join(folder, name))));
  }
  await writeFile(marker, '');
}

async function compile(file) {
  const target = path.join(BUILD, file);
  await mkdir(path.dirname(target), { recursive: true });
  const { code } = await transformFile(file, { root: process.cwd() });
  const source = path.resolve(file);
  const text = code
    // Deno imports the files of the function by their names.
    .replace(/( from ["']\.[^"']+)\.ts(?=["'])/g, '$1.js')
    // Only Jest defines it in `import.meta`.
    .replaceAll('import.meta.jest', 'globalThis.jest')
    // Tests find other files from the place of their source.
    .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(source)))
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(source).href));
  await writeFile(target.replace(/\.ts$/, '.js'), text);
}
