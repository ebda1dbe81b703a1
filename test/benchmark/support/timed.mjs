import { performance } from 'node:perf_hooks';

const NS_PER_MS = 1_000_000;

/** @returns milliseconds */
export async function timed(work) {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** @returns nanoseconds for each of the `count` calls of `work` */
export async function nsPerCall(count, work) {
  return ((await timed(() => work(count))) * NS_PER_MS) / count;
}
