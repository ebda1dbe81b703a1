import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { ConnectorsService } from 'nestjs-base44-connectors';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import {
  type Base44Headers,
  Contest,
  HEADER_NAMES,
  type HeaderName,
  toComparable,
  type Observation,
  type OperationName,
  OPERATIONS,
  createRequest,
} from './from-request.fixture.js';
import { SEED, tokens } from './generated.js';
import { type DifferenceId, recordDifferences } from './intended-differences.js';

const differs = recordDifferences('from-request');
const RUNS = scaled(3_000, 1_000);
const operations = fc.constantFrom(...(Object.keys(OPERATIONS) as OperationName[]));
const styles = fc.constantFrom('fetch' as const, 'node' as const);

const bearers = fc.oneof(
  { weight: 6, arbitrary: tokens.map((token) => `Bearer ${token}`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['', 'Bearer', 'Bearer ', 'bearer a', 'Bearer  a', 'Bearer a b', ' Bearer a', 'Token a'],
      ...['Basic dXNlcjpwYXNz', 'Bearer tökén', `Bearer ${'a'.repeat(70_000)}`],
    ),
  },
);
const states = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/) },
  { weight: 1, arbitrary: fc.constantFrom('', 'é', 'a\tb', 's'.repeat(8_193)) },
);

/** Requests with each header present, absent or malformed. Most are valid. */
function createRequests({ own, further, stranger }: Contest): fc.Arbitrary<Base44Headers> {
  const likely = <T>(values: readonly T[], others: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    );
  const urls = [`${own.url}/`, stranger.url, '', 'base44.app', `${own.url}.evil.test`];
  const values: Record<HeaderName, fc.Arbitrary<string>> = {
    Authorization: bearers,
    'Base44-Service-Authorization': bearers,
    'Base44-App-Id': likely(['app1', 'app2'], ['app3', 'APP1', '', 'app1, app1']),
    'Base44-Api-Url': likely([own.url, further.url], urls),
    'Base44-Functions-Version': fc.constant('v3'),
    'Base44-State': states,
    'X-Data-Env': likely(['dev', 'prod'], ['', 'DEV', 'staging', 'dev, prod']),
  };
  const present = HEADER_NAMES.map((name) => fc.option(values[name], { nil: undefined, freq: 3 }));
  return fc
    .tuple(...present)
    .map((all) => HEADER_NAMES.map((name, index) => [name, all[index]] as const))
    .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
}

/** A difference, its condition, and its effect: an error code, or the request for which the SDK does the same. */
interface Difference {
  readonly id: DifferenceId;
  readonly applies: (headers: Base44Headers, operation: OperationName) => boolean;
  readonly code?: string;
  readonly translate?: (headers: Base44Headers) => Base44Headers;
}

const without = (headers: Base44Headers, ...names: HeaderName[]): Base44Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name as never)));

const isSendable = (header = ''): boolean => /^Bearer [!-~]{1,65536}$/.test(header);
const isForUser = (operation: OperationName): boolean => operation.includes('AppUser');

function listDifferences({ own, further }: Contest): Difference[] {
  const servers = [own.url, `${own.url}/`, further.url, undefined];
  return [
    {
      id: 'untrusted-server',
      applies: (headers) => !servers.includes(headers['Base44-Api-Url']),
      code: 'UNTRUSTED_REQUEST',
    },
    {
      id: 'untrusted-app',
      applies: (headers) => !['app1', 'app2', undefined].includes(headers['Base44-App-Id']),
      code: 'UNTRUSTED_REQUEST',
    },
    {
      id: 'other-app-without-its-service-token',
      applies: (headers) =>
        headers['Base44-Service-Authorization'] === undefined &&
        (headers['Base44-App-Id'] === 'app2' || headers['Base44-Api-Url'] === further.url),
      code: 'UNTRUSTED_REQUEST',
    },
    {
      id: 'unsendable-header',
      applies: ({ 'Base44-Service-Authorization': service, 'Base44-State': state = '' }) =>
        service !== undefined && (!isSendable(service) || !/^[ -~]{0,8192}$/.test(state)),
      code: 'INVALID_REQUEST',
    },
    {
      id: 'user-required',
      applies: (headers, operation) => isForUser(operation) && !isSendable(headers.Authorization),
      code: 'APP_USER_REQUIRED',
    },
    {
      id: 'server-of-the-options',
      applies: (headers) => headers['Base44-Api-Url'] === undefined,
      translate: (headers) => ({ ...headers, 'Base44-Api-Url': own.url }),
    },
    {
      id: 'app-of-the-options',
      applies: (headers) =>
        headers['Base44-App-Id'] === undefined &&
        headers['Base44-Service-Authorization'] === undefined,
      translate: (headers) => ({ ...headers, 'Base44-App-Id': 'app1' }),
    },
    {
      id: 'authorization-ignored',
      applies: ({ Authorization }) => Authorization !== undefined && !isSendable(Authorization),
      translate: (headers) => without(headers, 'Authorization'),
    },
    {
      id: 'headers-of-the-service-role',
      applies: (headers) =>
        headers['Base44-Service-Authorization'] === undefined &&
        ('Base44-State' in headers || 'X-Data-Env' in headers),
      translate: (headers) => without(headers, 'Base44-State', 'X-Data-Env'),
    },
    {
      id: 'slash-after-named-server',
      applies: (headers) => headers['Base44-Api-Url'] === `${own.url}/`,
      translate: (headers) => ({ ...headers, 'Base44-Api-Url': own.url }),
    },
  ];
}

describe('For a request that Base44 forwards, this package and createClientFromRequest', () => {
  let contest: Contest;
  let product: ConnectorsService;

  beforeEach(async () => {
    contest = await Contest.start();
    product = await contest.product();
  });

  it('send the same requests and end in the same way, except for the intended differences', async () => {
    const list = listDifferences(contest);
    const otherApp = {
      Authorization: 'Bearer user',
      'Base44-App-Id': 'app2',
      'Base44-Api-Url': contest.own.url,
    };
    let same = 0;

    const compare = async (headers: Base44Headers, operation: OperationName, ours: Observation) => {
      const applying = list.filter(({ applies }) => applies(headers, operation));
      const refusals = applying.flatMap(({ code }) => code ?? []);
      if (refusals.length > 0) {
        expect(ours).toMatchObject({ sent: [], outcome: { failed: true } });
        expect([...refusals, 'INVALID_REQUEST', 'SERVICE_ROLE_REQUIRED']).toContain(ours.code);
        return applying;
      }
      const translated = applying.reduce((now, { translate }) => translate!(now), headers);
      expect(toComparable(ours)).toEqual(toComparable(await contest.theirs(operation, translated)));
      return applying;
    };

    await fc.assert(
      fc.asyncProperty(
        createRequests(contest),
        operations,
        styles,
        async (headers, operation, style) => {
          const ours = await contest.ours(product, operation, createRequest(headers, style));
          const applying = await compare(headers, operation, ours);
          const theirs = await contest.theirs(operation, headers);
          const isSame = isDeepStrictEqual(toComparable(ours), toComparable(theirs));
          if (isSame) same += 1;
          else expect(applying).not.toEqual([]);
          if (!isSame && applying.length === 1) differs(applying[0]!.id);
        },
      ),
      { seed: SEED, numRuns: RUNS, examples: [[otherApp, 'connectAppUser', 'node']] },
    );
    printFigure(
      'requests that Base44 forwards, compared with the SDK',
      `${RUNS}, ${same} the same`,
    );
  });

  it.each(Object.keys(OPERATIONS) as OperationName[])(
    'differ in %s for a request without a service token, which this package serves with that of the options',
    async (operation) => {
      const named = { 'Base44-App-Id': 'app1', 'Base44-Api-Url': contest.own.url };
      const headers = { ...named, Authorization: 'Bearer user' };
      const forwarded = { ...headers, 'Base44-Service-Authorization': 'Bearer service' };
      const configured = await contest.product('service');

      const ours = await contest.ours(configured, operation, createRequest(headers, 'node'));
      expect(toComparable(ours)).toEqual(toComparable(await contest.theirs(operation, forwarded)));
      const theirs = await contest.theirs(operation, headers);
      if (!isDeepStrictEqual(toComparable(ours), toComparable(theirs)))
        differs('service-role-of-the-options');
    },
  );
});
