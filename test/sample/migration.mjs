// Starts sample/07-migration as its guide says, and compares the requests before and after.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/07-migration'];
const LINE = /GET \/(\w+): 10 × (\S+), requests to Base44: (\d+)/g;

await checkSample(START, LIMIT_MS, async (sample) => {
  await sample.address();
  let lines = [];
  while (lines.length < 2) {
    await delay(50);
    lines = [...sample.log.matchAll(LINE)];
  }
  assert.deepEqual(
    lines.map(([, path, status, requests]) => ({ path, status, requests })),
    [
      { path: 'before', status: '200', requests: '10' },
      { path: 'after', status: '200', requests: '1' },
    ],
  );
  said('10 calls cause 10 requests before, and 1 after');
});
