// Starts sample/05-production as its guide says.
import assert from 'node:assert/strict';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/05-production'];

await checkSample(START, LIMIT_MS, async (sample) => {
  const url = await sample.address();
  const response = await fetch(url);
  assert.equal(response.status, 200);
  const { channels } = await response.json();
  assert.deepEqual(
    channels.map(({ name }) => name),
    ['general', 'releases'],
  );
  assert.match(sample.log, /slack, required by ChannelsController\.channels: connected/);
  said('GET / returns the channels, and startup reports the connector');
});
