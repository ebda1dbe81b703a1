/** The part of Jest's API that the specs use, for specs that are loaded once and run often. */

import { expect } from 'expect';
import { ModernFakeTimers } from '@jest/fake-timers';
import { bind as createEach } from 'jest-each';
import { ModuleMocker } from 'jest-mock';

const TEST_TIMEOUT_MS = 30_000;

/** Hooks of helper modules belong to all specs, because a module is loaded once. */
const HELPERS = /\/test\/(?:support\/|.*\.fixture\.js|\w+\/[\w-]+-(?:model|store|callers)\.js)/;

const { setTimeout, clearTimeout, performance } = globalThis;

/** The real time, although tests fake it. */
const now = performance.now.bind(performance);

const ignore = () => undefined;

/** @returns a scope of tests: a spec, or a `describe` */
const createScope = (name, parent) => ({
  name,
  parent,
  entries: [],
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
});

/** The specs that were collected, and their tests. */
export class Suite {
  #root = createScope('');
  #scope = this.#root;
  #ids = new Set();

  /** Collects the tests that loading a spec declares. */
  async collect(spec, load) {
    this.#scope = createScope(spec, this.#root);
    this.#root.entries.push(this.#scope);
    await load();
    this.#scope = this.#root;
  }

  describe(name, declare) {
    const outer = this.#scope;
    this.#scope = createScope(String(name), outer);
    outer.entries.push(this.#scope);
    declare();
    this.#scope = outer;
  }

  test(name, run, timeoutMs = TEST_TIMEOUT_MS) {
    const title = `${getPath(this.#scope)} ${name}`;
    let id = title;
    for (let count = 2; this.#ids.has(id); count++) id = `${title} #${count}`;
    this.#ids.add(id);
    this.#scope.entries.push({ id, run, timeoutMs });
  }

  addHook(kind, run) {
    const isShared = this.#scope.parent === this.#root && isCalledByHelper();
    (isShared ? this.#root : this.#scope).hooks[kind].push(run);
  }

  /**
   * Runs the tests.
   *
   * @param ids - the tests to run; all by default
   * @param bail - whether to stop after the first failing test
   * @returns the id, the error and the time of each test
   */
  async run({ ids, bail = false, onTest = ignore } = {}) {
    const run = { ids, bail, onTest, results: [], hasFailed: false };
    // Each spec starts with the hooks of the helpers.
    for (const spec of this.#root.entries) await this.#runScope(spec, run, [this.#root]);
    return run.results;
  }

  async #runScope(scope, run, outer) {
    const isWanted = (entry) =>
      entry.entries ? entry.entries.some(isWanted) : !run.ids || run.ids.has(entry.id);
    const wanted = scope.entries.filter(isWanted);
    if (wanted.length === 0 || (run.bail && run.hasFailed)) return;
    const scopes = [...outer, scope];
    const shared = outer.length === 1 ? outer : [];
    const before = [...shared, scope].flatMap(({ hooks }) => hooks.beforeAll);
    const setupError = await attempt(before);
    for (const entry of wanted) {
      if (run.bail && run.hasFailed) break;
      if (entry.entries) await this.#runScope(entry, run, scopes);
      else await this.#runTest(entry, run, scopes, setupError);
    }
    await attempt([scope, ...shared].flatMap(({ hooks }) => hooks.afterAll));
  }

  async #runTest({ id, run: test, timeoutMs }, run, scopes, setupError) {
    run.onTest(id);
    const startedMs = now();
    const before = scopes.flatMap(({ hooks }) => hooks.beforeEach);
    const after = [...scopes].reverse().flatMap(({ hooks }) => hooks.afterEach);
    const error = setupError ?? (await attempt([...before, test], timeoutMs)) ?? undefined;
    const afterError = await attempt(after);
    const result = { id, error: error ?? afterError, timeSpentMs: now() - startedMs };
    run.results.push(result);
    run.hasFailed ||= result.error !== undefined;
  }
}

/** Runs functions in turn. @returns the first error, also one that no promise reports */
async function attempt(functions, timeoutMs = TEST_TIMEOUT_MS) {
  let timer;
  let onError;
  const failed = new Promise((_, reject) => {
    onError = (error) => reject(error ?? new Error('unknown'));
    timer = setTimeout(() => reject(new Error(`not done in ${timeoutMs} ms`)), timeoutMs);
  });
  process.on('unhandledRejection', onError).on('uncaughtException', onError);
  const work = async () => {
    for (const each of functions) await each();
  };
  try {
    await Promise.race([work(), failed]);
    return undefined;
  } catch (error) {
    return error ?? new Error('a test threw no error');
  } finally {
    clearTimeout(timer);
    failed.catch(ignore);
    process.off('unhandledRejection', onError).off('uncaughtException', onError);
  }
}

function getPath(scope) {
  return scope.parent?.parent ? `${getPath(scope.parent)} ${scope.name}` : scope.name;
}

function isCalledByHelper() {
  const [, , , caller = ''] = (new Error().stack ?? '').split('\n').slice(1);
  return HELPERS.test(caller);
}

/** Defines the globals that Jest defines. */
export function defineGlobals(suite) {
  const describe = (name, declare) => suite.describe(name, declare);
  const it = (name, run, timeoutMs) => suite.test(name, run, timeoutMs);
  describe.each = createEach(describe);
  it.each = createEach(it, false);
  const hook = (kind) => (run) => suite.addHook(kind, run);
  Object.assign(globalThis, { describe, it, test: it, expect, jest: createJest() });
  for (const kind of ['beforeAll', 'beforeEach', 'afterEach', 'afterAll']) {
    globalThis[kind] = hook(kind);
  }
}

function createJest() {
  const mocker = new ModuleMocker(globalThis);
  const timers = new ModernFakeTimers({
    global: globalThis,
    config: { fakeTimers: {}, rootDir: process.cwd(), testEnvironmentOptions: {} },
  });
  return {
    fn: (...args) => mocker.fn(...args),
    spyOn: (...args) => mocker.spyOn(...args),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
  };
}
