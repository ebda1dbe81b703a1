import fc from 'fast-check';
import { isConnectorsError } from 'nestjs-base44-connectors';
import { runInChild } from '../support/child-process.js';
import { createConnectors } from '../support/create-connectors.js';
import { settle } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { startRawServer } from '../support/raw-server.js';
import { scaled } from '../support/scale.js';
import { hostileAnswers } from './hostile-responses.fixture.js';

const ANSWERS = scaled(50_000, 4_000);

interface Result {
  readonly ends: Readonly<Record<string, number>>;
  readonly strange: readonly string[];
}

it('every response gives a usable result or a typed error', async () => {
  const answers = fc.sample(hostileAnswers, { seed: 9, numRuns: ANSWERS });
  const server = await startRawServer((line) => answers[Number(/\/h(\d+)/.exec(line)?.[1])]!);

  const { ends, strange } = (await runInChild('hostile-responses', {
    url: server.url,
    count: ANSWERS,
  })) as Result;

  printFigure(`${ANSWERS} hostile responses, by end`, JSON.stringify(ends));
  expect(strange).toEqual([]);
  expect(Object.values(ends).reduce((sum, count) => sum + count)).toBe(ANSWERS);
  // Some generated responses are usable, which shows that the client tells them apart.
  for (const end of ['connection', 'response', 'UNEXPECTED_RESPONSE', 'BASE44_UNAVAILABLE']) {
    expect(ends[end]).toBeGreaterThan(ANSWERS / 100);
  }
});

it('every result and every error of a client gives a usable result or a typed error', async () => {
  const answer: { value: unknown; isThrown: boolean } = { value: undefined, isThrown: false };
  const service = await createConnectors({
    client: {
      getConnection: async () => {
        if (answer.isThrown) throw answer.value;
        return answer.value;
      },
    },
  });
  const things = fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true },
    key: fc.constantFrom('accessToken', 'connectionConfig', 'status', 'code', 'data', '__proto__'),
  });

  await fc.assert(
    fc.asyncProperty(things, fc.boolean(), async (value, isThrown) => {
      Object.assign(answer, { value, isThrown });
      const outcome = await settle(() => service.getConnection('slack'));
      if ('error' in outcome) expect(isConnectorsError(outcome.error)).toBe(true);
      else expect(outcome.value).toMatchObject({ accessToken: expect.any(String) as unknown });
    }),
    { seed: 9, numRuns: scaled(5_000, 500) },
  );
});

it("the configuration omits values that the client's response does not have", async () => {
  const connectionConfig = { a: undefined, b: null, c: 'text' };
  const service = await createConnectors({
    client: { getConnection: async () => ({ accessToken: 'token', connectionConfig }) },
  });

  expect(await service.getConnection('slack')).toEqual({
    accessToken: 'token',
    connectionConfig: { c: 'text' },
  });
});
