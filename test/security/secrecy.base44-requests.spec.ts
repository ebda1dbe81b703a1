import { type ConnectorsModuleOptions, isConnectorsError } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { expectNoSecret, createSecret } from '../support/expect-no-secret.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer, respondWith } from '../support/recording-server.js';
import { startThrowingApp } from '../support/throwing-app.js';
import { ECHOES, UNUSABLE_ANSWERS } from './faults/base44-response.faults.js';
import { CONNECTION_FAULTS } from './faults/base44-connection.faults.js';
import { BASE44_FAULTS } from './faults/all-faults.js';
import type { Fault, Secrets } from './faults/fault.js';

/** The faults that the official SDK handles too. It follows redirects, and reads bombs and 1 MB. */
const SDK_FAULTS = [
  ...ECHOES,
  ...UNUSABLE_ANSWERS.filter(({ fault }) => !fault.includes('bomb')),
  ...CONNECTION_FAULTS,
];

let looks = 0;
let faults = 0;
let hits = 0;

afterAll(() => {
  printFigure('secrecy of requests to Base44: faults × 16 sinks, hits', `${faults}, ${hits}`);
  expect(looks).toBe((faults - hits) * 16);
});

describe('no secret shows in the error of', () => {
  it.each(BASE44_FAULTS)('$fault', async (fault) => {
    await expectNoCredential(fault, (options) => options);
  });
});

describe('no secret shows with the official SDK as the client, in the error of', () => {
  it.each(SDK_FAULTS)('$fault', async (fault) => {
    await expectNoCredential(fault, ({ serverUrl = '', serviceToken, resilience }, { other }) => ({
      client: createOfficialClient({
        serverUrl,
        serviceToken: serviceToken as string,
        token: other,
      }),
      resilience,
    }));
  });
});

it.each([undefined, 200, '500'])(
  'no code of a server shows in the error of a client with the status %p',
  async (status) => {
    const code = `SK_${Buffer.from(createSecret()).toString('hex').toUpperCase().slice(0, 40)}`;
    const connectors = await createConnectors({
      client: {
        getConnection: () => Promise.reject(Object.assign(new Error(code), { status, code })),
      },
    });
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    expectNoSecret(error, [code]);
  },
);

async function expectNoCredential(
  { code, call, options, respond }: Fault,
  optionsFrom: (
    options: Partial<ConnectorsModuleOptions>,
    secrets: Secrets,
  ) => Partial<ConnectorsModuleOptions>,
): Promise<void> {
  const secrets: Secrets = {
    serviceToken: createSecret(),
    accessToken: createSecret(),
    other: createSecret(),
  };
  const usable = respondWith({ access_token: secrets.accessToken });
  const server = await startRecordingServer(respond?.(secrets) ?? usable);
  const given = {
    serverUrl: server.url,
    serviceToken: secrets.serviceToken,
    ...(await options?.(secrets, server)),
  };

  const error = await catchError(async () => {
    const service = await createConnectors(optionsFrom(given, secrets));
    return call ? call(service, secrets) : service.getConnection('slack');
  });
  expect(isConnectorsError(error)).toBe(true);

  const { answer, applicationLog } = await (await startThrowingApp())(error);
  faults += 1;
  hits += 1;
  looks += expectNoSecret(error, Object.values(secrets), { answer, applicationLog });
  hits -= 1;
  expect(error).toMatchObject({ code });
}
