import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { CONNECTORS, FleetModel } from './fleet-model.js';

const RUNS = scaled(5_000, 100);
const RUNS_WITH_LEASE = scaled(2_000, 50);

const SKEWS_MS = [0, 2_000, -3_600_000, 3_600_000];

const BEHIND = 2;
const AHEAD = 3;

const index = fc.nat(SKEWS_MS.length - 1);
const connector = fc.constantFrom(...CONNECTORS);
const passesMs = fc.constantFrom<number>(1, 20, 120, 300, 450);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('call' as const), index, connector }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('invalidate' as const), index, connector }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate all' as const), index }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), passesMs }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('observe' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('set down' as const), isDown: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('partition' as const), index, is: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take a snapshot' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('roll back' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart empty' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), index }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(model: FleetModel, each: Step): Promise<void> {
  if (each.do === 'call') model.call(each.index, each.connector);
  else if (each.do === 'invalidate') model.invalidate(each.index, each.connector);
  else if (each.do === 'invalidate all') model.invalidate(each.index);
  else if (each.do === 'set down') model.setDown(each.isDown);
  else if (each.do === 'partition') model.partition(each.index, each.is);
  else if (each.do === 'take a snapshot') model.takeSnapshot();
  else if (each.do === 'roll back') model.restartStore(false);
  else if (each.do === 'restart empty') model.restartStore(true);
  else if (each.do === 'observe') await model.observe();
  else if (each.do === 'replace') await model.replace(each.index);
  else await import.meta.jest.advanceTimersByTimeAsync(each.passesMs);
}

/** Rare sequences, each with a pause of any length. */
const RARE: Record<string, (pause: Step) => Step[]> = {
  'the store is down while one process invalidates': (pause) => [
    { do: 'set down', isDown: true },
    { do: 'invalidate', index: 0, connector: 'a' },
    { do: 'advance', passesMs: 450 },
    pause,
    { do: 'set down', isDown: false },
    { do: 'observe' },
  ],
  'a process ends just after an outage': (pause) => [
    { do: 'set down', isDown: true },
    { do: 'invalidate', index: 0, connector: 'a' },
    pause,
    { do: 'set down', isDown: false },
    { do: 'replace', index: 0 },
    { do: 'observe' },
  ],
  'the store loses an invalidation just before the next one': (pause) => [
    { do: 'invalidate', index: 0, connector: 'b' },
    { do: 'advance', passesMs: 450 },
    { do: 'roll back' },
    pause,
    { do: 'invalidate', index: 0, connector: 'a' },
  ],
  'the store loses the invalidation of a process whose clock is behind': (pause) => [
    { do: 'invalidate', index: AHEAD, connector: 'a' },
    { do: 'observe' },
    { do: 'take a snapshot' },
    { do: 'replace', index: BEHIND },
    { do: 'invalidate', index: BEHIND, connector: 'a' },
    pause,
    { do: 'roll back' },
    { do: 'observe' },
  ],
};

describe.each([
  ['without a lease', false, RUNS],
  ['with a lease', true, RUNS_WITH_LEASE],
])(
  'In every sequence of calls, invalidations and faults of a store that four processes share, %s',
  (how, hasLease, numRuns) => {
    let model: FleetModel;

    beforeAll(async () => {
      import.meta.jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      const encryptionKeys = [randomBytes(32).toString('base64')];
      model = new FleetModel({
        skewsMs: SKEWS_MS,
        encryptionKeys,
        hasLease,
        random: Math.random,
      });
      await model.start();
    });

    afterAll(async () => {
      const closing = model.close();
      await import.meta.jest.advanceTimersByTimeAsync(10_000);
      await closing;
      import.meta.jest.useRealTimers();
    });

    const run = async (sequence: readonly Step[]): Promise<void> => {
      await model.begin();
      for (const each of sequence) await take(model, each);
      await model.finish();
      expect(model.violations).toEqual([]);
    };

    it.each(Object.entries(RARE))(
      'each invalidation reaches each process: %s',
      async (_, toSteps) => {
        for (let passesMs = 1; passesMs <= 450; passesMs += 15) {
          await run(toSteps({ do: 'advance', passesMs }));
        }
      },
    );

    it('each invalidation reaches each process within a second, and touches no other connection', async () => {
      let steps = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (sequence) => {
          await run(sequence);
          steps += sequence.length;
        }),
        { numRuns },
      );
      printFigure(
        `invalidations in a fleet of 4 processes, ${how}`,
        `${numRuns} sequences, ${steps} steps, 0 violations`,
      );
    });
  },
);
