import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import {
  type Connector,
  ConnectorsModule,
  ConnectorsService,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { Clock } from '../../lib/common/clock.js';
import { printFigure } from '../support/print-figure.js';
import { ManualClock } from '../support/clocks.js';
import { scaled } from '../support/scale.js';
import {
  type FailureKind,
  NEGATIVE_MS,
  ResolverModel,
  STALE_MS,
  TTL_MS,
} from './resolver-model.js';

const RUNS = scaled(10_000, 1_000);

const connector = fc.constantFrom('a', 'b', 'c');
const pick = fc.nat(9);
const lifeMs = fc.option(fc.constantFrom(-1_000, 0, 9_000, 12_000, 18_000, 40_000), {
  nil: undefined,
});
const failure = fc.constantFrom<FailureKind>('passing', 'passing', 'absent', 'refused');
const passesMs = fc.constantFrom(1, 500, 1_001, 4_999, 5_001, 8_200, 9_100, 10_001, 20_001, 30_001);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('call' as const), connector }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fresh' as const), connector }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate' as const), connector }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate all' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), pick, lifeMs }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), pick, failure }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), passesMs }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('In every sequence of calls, responses and time', () => {
  let module: TestingModule;
  let model: ResolverModel;
  const clock = new ManualClock();

  beforeAll(async () => {
    const client = {
      fetchConnection: (asked: Connector, _: unknown, signal: AbortSignal) =>
        model.fetchConnection(asked, signal),
    };
    const cache = { ttlMs: TTL_MS, staleIfErrorMs: STALE_MS, negativeTtlMs: NEGATIVE_MS };
    const imports = [
      ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 's', cache, resilience: false }),
    ];
    module = await Test.createTestingModule({ imports })
      .overrideProvider(ServiceRoleClient)
      .useValue(client)
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
  });

  afterAll(() => module.close());

  const take = async (each: Step): Promise<void> => {
    if (each.do === 'call') model.call(each.connector, false);
    else if (each.do === 'fresh') model.call(each.connector, true);
    else if (each.do === 'abort') model.abort(each.pick);
    else if (each.do === 'invalidate') model.invalidate([], each.connector);
    else if (each.do === 'invalidate all') model.invalidate(['a', 'b', 'c']);
    else if (each.do === 'answer') model.answer(each.pick, each.lifeMs);
    else if (each.do === 'fail') model.fail(each.pick, each.failure);
    else if (each.do === 'advance') await model.advance(each.passesMs);
    else await model.settle();
  };

  it('each caller gets a connection of the connector that it named, within its limits', async () => {
    const connectors = module.get(ConnectorsService);
    const beganAtMs = performance.now();
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (sequence) => {
        await connectors.invalidate();
        model = new ResolverModel(clock, connectors);
        for (const each of sequence) await take(each);
        await model.finish();
        steps += sequence.length;
        expect(model.violations).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    const tookMs = Math.round(performance.now() - beganAtMs);
    printFigure('interleavings', `${RUNS} sequences, ${steps} steps, 0 violations, ${tookMs} ms`);
  });
});
