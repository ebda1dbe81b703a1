import { printFigure } from '../support/print-figure.js';
import { outsideTestContext } from '../support/outside-test-context.js';
import { getHeader } from '../support/recording-server.js';
import { startThrowingApp } from '../support/throwing-app.js';
import { PROVIDER_FAULTS } from './faults/all-faults.js';
import {
  type Scenario,
  startScenario,
  getOutcome,
  expectNoCredential,
  fetching,
  getting,
  type ProviderFault,
} from './secrecy.provider-calls.fixture.js';

let faults = 0;
let sinks = 0;
let hits = 0;
let arrivals = 0;

afterAll(() => {
  const figures = `${faults} × 16 (${sinks} with their parts), ${hits}`;
  printFigure('secrecy of provider calls: faults × sinks, hits', figures);
  printFigure('secrecy of provider calls: faults of a call that carried the token', arrivals);
});

describe('No credential shows when a call by connectors.fetch meets', () => {
  it.each(PROVIDER_FAULTS.filter(({ fetchEnds }) => fetchEnds !== undefined))(
    '$fault',
    async (fault) => {
      await expectNoCredentialAfter(fault, fault.fetch ?? fetching(), fault.fetchEnds!);
    },
  );
});

describe('No credential shows when a call by HttpService meets', () => {
  it.each(PROVIDER_FAULTS.filter(({ httpEnds }) => httpEnds !== undefined))(
    '$fault',
    async (fault) => {
      await expectNoCredentialAfter(fault, fault.http ?? getting(), fault.httpEnds!);
    },
  );
});

const expectNoCredentialAfter = (
  fault: ProviderFault,
  call: (scenario: Scenario) => Promise<unknown>,
  expected: string,
): Promise<void> =>
  outsideTestContext(async () => {
    const sendError = await startThrowingApp();
    const scenario = await startScenario(fault);
    await fault.prepare?.(scenario);
    const { given, end } = await getOutcome(() => call(scenario));
    expect(end).toBe(expected);
    if (carriedToken(scenario)) arrivals += 1;
    faults += 1;
    hits += 1;
    sinks += await expectNoCredential(scenario, given, sendError);
    hits -= 1;
  });

function carriedToken({ provider, accessToken }: Scenario): boolean {
  return provider.requests.some(
    (request) => getHeader(request, 'authorization') === `Bearer ${accessToken}`,
  );
}
