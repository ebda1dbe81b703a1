import { Base44Error } from '@base44/sdk';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import type { ConnectorsError, ConnectorsErrorCode } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient, createOldOfficialClient } from '../support/official-sdk.js';
import { catchError } from '../support/async.js';
import { recordDifferences } from './intended-differences.js';

const differs = recordDifferences('errors');

interface Row {
  readonly row: string;
  readonly arrange: (base44: Base44Emulator) => unknown;
  readonly operation?: 'callApi';
  readonly wrongToken?: boolean | 'of a user';
  readonly status: number;
  /** The code of the error of the SDK. */
  readonly theirs?: string;
  readonly ours: readonly [className: string, code: ConnectorsErrorCode];
}

const answering =
  (status: number, options: Parameters<typeof faults.status>[1] = {}) =>
  (base44: Base44Emulator) => {
    base44.fault({ respond: faults.status(status, options), times: Infinity });
  };
const nothing = (): void => undefined;

const ROWS: Row[] = [
  {
    row: '401, the service token is invalid',
    arrange: nothing,
    wrongToken: true,
    status: 401,
    ours: ['ServiceRoleRejectedError', 'SERVICE_ROLE_REJECTED'],
  },
  {
    row: '402, no credits are left',
    arrange: (base44) => {
      base44.meter('slack');
      base44.credits = 0;
    },
    operation: 'callApi',
    status: 402,
    ours: ['CreditsExhaustedError', 'CREDITS_EXHAUSTED'],
  },
  {
    row: '403, a user token where the service token belongs',
    arrange: nothing,
    wrongToken: 'of a user',
    status: 403,
    ours: ['ServiceRoleRejectedError', 'SERVICE_ROLE_REJECTED'],
  },
  {
    row: '403, the connector is metered',
    arrange: (base44) => {
      base44.meter('slack');
    },
    status: 403,
    theirs: 'metered_connector_requires_proxy',
    ours: ['ConnectorMeteredError', 'CONNECTOR_METERED'],
  },
  {
    row: '403, the connector is metered, said in the body',
    arrange: answering(403, { body: { error: { code: 'metered_connector_requires_proxy' } } }),
    status: 403,
    theirs: 'metered_connector_requires_proxy',
    ours: ['ConnectorMeteredError', 'CONNECTOR_METERED'],
  },
  {
    row: '404, not connected',
    arrange: nothing,
    status: 404,
    theirs: 'NOT_FOUND',
    ours: ['ConnectorNotConnectedError', 'CONNECTOR_NOT_CONNECTED'],
  },
  {
    row: '422, validation',
    arrange: answering(422, { body: { detail: [{ loc: ['path'], msg: 'wrong' }] } }),
    status: 422,
    ours: ['UnexpectedResponseError', 'UNEXPECTED_RESPONSE'],
  },
  {
    row: '429, rate limited',
    arrange: answering(429, { headers: { 'Retry-After': '2' } }),
    status: 429,
    ours: ['Base44RateLimitedError', 'RATE_LIMITED'],
  },
  ...[500, 502, 503, 504].map((status): Row => ({
    row: `${status}, Base44 fails`,
    arrange: answering(status),
    status,
    ours: ['Base44UnavailableError', 'BASE44_UNAVAILABLE'],
  })),
];

describe.each(ROWS)('when the API responds with $row', (scenario) => {
  const { arrange, operation, wrongToken, status, theirs, ours } = scenario;

  async function startBase44() {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    arrange(base44);
    const user = base44.addAppUser('alice');
    const serviceToken = wrongToken ? (wrongToken === true ? 'wrong' : user.token) : undefined;
    const config = {
      serverUrl: base44.url,
      appId: base44.appId,
      serviceToken: serviceToken ?? base44.serviceToken,
    };
    return { config, client: createOfficialClient(config), appId: base44.appId };
  }

  it('the SDK and this package report the same status', async () => {
    const { config, client, appId } = await startBase44();
    const { connectors } = client.asServiceRole;
    const sdkError = (await catchError(() =>
      operation ? connectors.callApi('slack', { path: '/' }) : connectors.getConnection('slack'),
    )) as Base44Error;
    expect(sdkError).toBeInstanceOf(Base44Error);
    expect({ status: sdkError.status, code: sdkError.code }).toEqual({ status, code: theirs });
    expect(sdkError).toMatchObject({ originalError: expect.anything() as unknown });

    for (const options of [config, { appId, client }]) {
      const product = await createConnectors(options);
      const error = (await catchError(() =>
        operation ? product.callApi('slack', { path: '/' }) : product.getConnection('slack'),
      )) as ConnectorsError;
      const [name, code] = ours;
      expect(error).toMatchObject({ name, code, status, connector: 'slack' });
      expect(Object.keys(error)).not.toContain('originalError');
      expect(error.cause).toBeUndefined();
      expect(error.message).not.toContain(sdkError.message);
    }
    for (const id of ['typed-error', 'no-upstream-text', 'no-underlying-error'] as const) {
      differs(id);
    }
  });

  // It has no callApi, and ignores the header and the `error` of a response.
  const isKnownToOldSdk = operation === undefined && !theirs?.startsWith('metered');
  if (!isKnownToOldSdk) return;

  it('the SDK 0.8.4 reports it too, and so does this package with that client', async () => {
    const { config, appId } = await startBase44();
    const client = createOldOfficialClient(config);
    const sdkError = (await catchError(() =>
      client.asServiceRole.connectors.getAccessToken('slack'),
    )) as Base44Error;
    expect({ status: sdkError.status, code: sdkError.code }).toEqual({ status, code: theirs });

    const product = await createConnectors({ appId, client });
    const error = await catchError(() => product.getAccessToken('slack'));
    expect(error).toMatchObject({ name: ours[0], code: ours[1], status, connector: 'slack' });
  });
});

it('this package recognizes a metered connector only by its header, also with the SDK 0.8.4 as its client', async () => {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.meter('slack');
  const { url: serverUrl, appId, serviceToken } = base44;
  const client = createOldOfficialClient({ serverUrl, appId, serviceToken });
  const product = await createConnectors({ appId, client });

  expect(await catchError(() => product.getAccessToken('slack'))).toMatchObject({
    name: 'ConnectorMeteredError',
    status: 403,
  });
});
