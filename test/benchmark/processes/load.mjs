import autocannon from 'autocannon';
import { performance } from 'node:perf_hooks';
import { serveParent } from '../support/worker.mjs';

const MS_PER_S = 1_000;

serveParent({
  /** @returns the number of responses in a second */
  async requestsPerSecond(url, { amount, connections }) {
    const startMs = performance.now();
    await answers(autocannon({ url, amount, connections }), amount);
    return (amount * MS_PER_S) / (performance.now() - startMs);
  },
});

/** autocannon itself checks only once a second whether it is done. */
function answers(load, amount) {
  return new Promise((resolve, reject) => {
    let count = 0;
    load.on('reqError', reject);
    load.on('response', (_client, statusCode) => {
      count += 1;
      if (statusCode !== 200) reject(new Error(`a request was answered with ${statusCode}`));
      if (count === amount) resolve();
    });
  });
}
