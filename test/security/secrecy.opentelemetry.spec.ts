import { Test } from '@nestjs/testing';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';
import { inspect } from 'node:util';
import { settle } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { containsSecret, createSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { respondWith, startRecordingServer } from '../support/recording-server.js';
import { InMemorySdk } from '../telemetry/in-memory-sdk.js';
import { BASE44_FAULTS, PROVIDER_FAULTS } from './faults/all-faults.js';
import type { Fault, Secrets } from './faults/fault.js';
import {
  fetching,
  getting,
  type ProviderFault,
  type Scenario,
  startScenario,
} from './secrecy.provider-calls.fixture.js';

let faults = 0;
let reports = 0;
let hits = 0;
let sdk: InMemorySdk;

beforeEach(async () => {
  sdk = InMemorySdk.register();
  const imports = [ConnectorsOpenTelemetryModule.register()];
  const module = await Test.createTestingModule({ imports }).compile();
  closeAfterTest(() => module.close());
});

afterAll(() => {
  const figures = `${faults} × ${reports}, ${hits}`;
  printFigure('secrecy of OpenTelemetry: faults × spans and time series, hits', figures);
  expect(reports).toBeGreaterThan(faults);
});

describe('No secret is in the spans and metrics of a request to Base44 that meets', () => {
  it.each(BASE44_FAULTS)('$fault', async (fault) => {
    await expectNoSecretReported(Object.values(await meetBase44Fault(fault)));
  });
});

describe('No secret is in the spans and metrics of a call by connectors.fetch that meets', () => {
  it.each(PROVIDER_FAULTS.filter(({ fetchEnds }) => fetchEnds !== undefined))(
    '$fault',
    async (fault) => {
      const { secrets } = await meetProviderFault(fault, fault.fetch ?? fetching());
      await expectNoSecretReported(secrets);
    },
  );
});

describe('No secret is in the spans and metrics of a call by HttpService that meets', () => {
  it.each(PROVIDER_FAULTS.filter(({ httpEnds }) => httpEnds !== undefined))(
    '$fault',
    async (fault) => {
      const { secrets } = await meetProviderFault(fault, fault.http ?? getting());
      await expectNoSecretReported(secrets);
    },
  );
});

async function meetBase44Fault({ call, options, respond }: Fault): Promise<Secrets> {
  const secrets: Secrets = {
    serviceToken: createSecret(),
    accessToken: createSecret(),
    other: createSecret(),
  };
  const usable = respondWith({ access_token: secrets.accessToken });
  const server = await startRecordingServer(respond?.(secrets) ?? usable);
  const given = await options?.(secrets, server);
  await settle(async () => {
    const service = await createConnectors({
      serverUrl: server.url,
      serviceToken: secrets.serviceToken,
      ...given,
    });
    return call ? call(service, secrets) : service.getConnection('slack');
  });
  return secrets;
}

async function meetProviderFault(
  fault: ProviderFault,
  call: (scenario: Scenario) => Promise<unknown>,
): Promise<Scenario> {
  const scenario = await startScenario(fault);
  await fault.prepare?.(scenario);
  await settle(() => call(scenario));
  return scenario;
}

async function expectNoSecretReported(secrets: readonly string[]): Promise<void> {
  const series = Object.entries(await sdk.collect());
  const spans = sdk.spans.map(({ name, attributes, status, events, links }) => {
    return { name, attributes, status, events, links };
  });
  faults += 1;
  reports += spans.length + series.flatMap(([, points]) => points).length;
  hits += 1;
  expect(containsSecret(inspect({ spans, series }, { depth: 10 }), ...secrets)).toBe(false);
  expect(sdk.diagnosed).toEqual([]);
  hits -= 1;
}
