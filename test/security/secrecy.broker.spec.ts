import { inspect } from 'node:util';
import { ConnectorsService, isConnectorsError, ServiceRoleClient } from 'nestjs-base44-connectors';
import { type FaultResponder, faults } from 'nestjs-base44-connectors/testing';
import { createConnectors, createConnectorsModule } from '../support/create-connectors.js';
import { catchError, settle, sleep } from '../support/async.js';
import { expectNoSecret, createSecret, containsSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { findFreePort } from '../support/free-port.js';
import { startRecordingServer, type Responder } from '../support/recording-server.js';
import { startThrowingApp } from '../support/throwing-app.js';
import {
  describeBroker,
  deployedForAll,
  FUNCTION_PATH,
  newSecret,
  toOrder,
  type RawAnswer,
  sendRaw,
  signed,
} from '../broker/broker.fixture.js';

const STATUSES = [400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 502, 503, 504];
const METERED = { path: '/', method: 'POST' } as const;

/** A Base44 that repeats the request and the token in every place for text. */
function echoing(status: number, accessToken: string): FaultResponder {
  return (request, response, next) => {
    const told = inspect({ ...request.headers, accessToken }, { breakLength: Infinity });
    const body = { detail: told, message: told, error: { message: told }, extra_data: told };
    return faults.status(status, { body, headers: { 'X-Told': told } })(request, response, next);
  };
}

describeBroker('The broker', (platform) => {
  const held = deployedForAll(platform);
  const accessToken = createSecret();

  /** All secrets, and the secret part of the user token. */
  const inUse = () => {
    const { base44, secret } = held.broker;
    const user = base44.addAppUser('ada');
    base44.connect('slack', { accessToken });
    base44.connect({ appUserConnector: 'cal1' }, { accessToken }, user);
    base44.meter('openmeter');
    // The rest of a user token is the same for all users.
    const userToken = user.token.split('.').at(-1) ?? user.token;
    return { user, secrets: [secret, base44.serviceToken, userToken, accessToken] };
  };

  const expectSilent = (text: string, secrets: readonly string[]): void => {
    expect(secrets.filter((secret) => containsSecret(text, secret))).toEqual([]);
  };

  const allCalls = (connectors: ConnectorsService, token: string) => [
    () => connectors.getConnection('slack'),
    () => connectors.asAppUser(token).getConnection({ appUserConnector: 'cal1' }),
    () => connectors.asAppUser(token).callApi('openmeter', METERED),
    () => connectors.getConnection('gmail'),
    () => connectors.getConnection('github'),
  ];

  const throughBroker = (secret = held.broker.secret) => {
    const { url: serverUrl, appId } = held.broker.base44;
    const { url } = held.broker.options;
    return createConnectors({ serverUrl, appId, broker: { url, secret } });
  };

  /** Waits for the output of the function, because a pipe delivers it later. */
  const printed = async (): Promise<string> => {
    await sleep(100);
    return held.broker.host.running.output;
  };

  it('prints no secret without a fault', async () => {
    const { user, secrets } = inUse();
    for (const call of allCalls(await throughBroker(), user.token)) await settle(call);
    for (const call of allCalls(await throughBroker(newSecret()), user.token)) await settle(call);
    expectSilent(await printed(), secrets);
  });

  it.each(STATUSES)('prints no secret when Base44 repeats it with a %d', async (status) => {
    const { user, secrets } = inUse();
    held.broker.base44.fault({ respond: echoing(status, accessToken), times: Infinity });
    for (const call of allCalls(await throughBroker(), user.token)) await settle(call);
    expectSilent(await printed(), secrets);
  });

  it.each([...STATUSES, 200])(
    'responds without a secret when Base44 repeats it with a %d',
    async (status) => {
      const { user, secrets } = inUse();
      held.broker.base44.fault({ respond: echoing(status, accessToken), times: Infinity });
      for (const answer of await rawAnswers(user.token)) {
        expectSilent(answer.text + JSON.stringify(answer.headers), secrets);
      }
    },
  );

  it('responds with the token in its field and with no other secret', async () => {
    const { user, secrets } = inUse();
    const [shared, ofUser] = await rawAnswers(user.token);
    for (const answer of [shared, ofUser]) {
      const { access_token, ...others } = JSON.parse(answer!.text) as Record<string, unknown>;
      expect(access_token).toBe(accessToken);
      expectSilent(JSON.stringify([others, answer!.headers]), secrets);
    }
  });

  it('repeats nothing of a request that it rejects', async () => {
    const { user, secrets } = inUse();
    const told = secrets.join(' ');
    const { secret, host: functions } = held.broker;
    const { host, origin } = functions;
    for (const [key, body] of [
      [newSecret(), toOrder('integrationType', 'slack')],
      [secret, told],
      [secret, { operation: told }],
      [secret, toOrder(told, 'slack')],
      [secret, toOrder('integrationType', told)],
      [secret, toOrder('appUserConnector', 'cal1')],
    ] as const) {
      const call = signed({ host, secret: key, body, user: user.token });
      const answer = await sendRaw(origin, call);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      // It repeats the name of a connector that is not allowed, to a holder of the secret.
      if (answer.status !== 403) expectSilent(answer.text, secrets);
    }
    expectSilent(await printed(), secrets);
  });

  const rawAnswers = (token: string): Promise<RawAnswer[]> => {
    const { secret, host: functions } = held.broker;
    const { host, origin } = functions;
    const metered = { ...toOrder('integrationType', 'openmeter'), operation: 'callApi' };
    const calls = [
      signed({ host, secret, body: toOrder('integrationType', 'slack') }),
      signed({ host, secret, body: toOrder('appUserConnector', 'cal1', token), user: token }),
      signed({ host, secret, body: { ...metered, request: METERED } }),
    ];
    return Promise.all(calls.map((call) => sendRaw(origin, call)));
  };
});

interface Secrets {
  readonly brokerSecret: string;
  readonly userToken: string;
  readonly accessToken: string;
}

/** A broker that sends all its secrets. */
function telling(
  status: number,
  secrets: Secrets,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Responder {
  return (request, response) => {
    const told = JSON.stringify([request, secrets]);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify({ told, detail: told, message: told, ...more }));
  };
}

const OWN_CODES = [
  'broker_signature_invalid',
  'broker_clock_skew',
  'broker_connector_not_allowed',
  'broker_not_configured',
  'broker_no_service_role',
  'broker_user_mismatch',
  'broker_replayed',
  'broker_bad_request',
  'broker_body_too_large',
  'broker_upstream_failed',
];

const FAULTS: readonly (readonly [string, (secrets: Secrets) => Responder])[] = [
  ...STATUSES.map(
    (status) => [`a ${status}`, (secrets: Secrets) => telling(status, secrets)] as const,
  ),
  ...OWN_CODES.map(
    (code) =>
      [
        code,
        (secrets: Secrets) => {
          const own = { source: 'connectors-broker', code };
          return telling(403, secrets, { ...own, name: secrets.accessToken, now: 0 });
        },
      ] as const,
  ),
  [
    'a page',
    ({ accessToken }) =>
      (_, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<p>${accessToken}`),
  ],
  ['a redirect', (secrets) => telling(302, secrets, {}, { Location: `/${secrets.accessToken}` })],
  ['a token that cannot be sent', (secrets) => telling(200, secrets, { access_token: [secrets] })],
  [
    'a cut connection',
    () => (_, response) => {
      response.req.socket.resetAndDestroy();
    },
  ],
  ['silence', () => () => undefined],
];

describe('In an application with a broker, no secret shows', () => {
  const newSecrets = (): Secrets => ({
    brokerSecret: newSecret(),
    userToken: createSecret(),
    accessToken: createSecret(),
  });
  const toOptions = (origin: string, secret: string) => ({
    broker: { url: origin + FUNCTION_PATH, secret },
    resilience: { attemptTimeoutMs: 200, deadlineMs: 1_000 },
  });
  let looks = 0;

  const expectNoCredential = async (
    secrets: Secrets,
    ...calls: (() => Promise<unknown>)[]
  ): Promise<void> => {
    const sendError = await startThrowingApp();
    for (const call of calls) {
      const error = await catchError(call);
      expect(isConnectorsError(error)).toBe(true);
      const { answer, applicationLog } = await sendError(error);
      looks += expectNoSecret(error, Object.values(secrets), { answer, applicationLog });
    }
  };

  afterAll(() => {
    printFigure('secrecy of the broker, faults × sinks without a hit', looks);
  });

  it.each(FAULTS)('when the broker responds with %s', async (_, respond) => {
    const secrets = newSecrets();
    const server = await startRecordingServer(respond(secrets));
    const connectors = await createConnectors(toOptions(server.url, secrets.brokerSecret));
    const acting = connectors.asAppUser(secrets.userToken);
    await expectNoCredential(
      secrets,
      () => acting.getConnection('slack'),
      () => acting.getConnection({ appUserConnector: 'cal1' }),
      () => acting.callApi('slack', METERED),
    );
  });

  it('when there is no broker', async () => {
    const secrets = newSecrets();
    const origin = `http://127.0.0.1:${await findFreePort()}`;
    const connectors = await createConnectors(toOptions(origin, secrets.brokerSecret));
    const acting = connectors.asAppUser(secrets.userToken);
    await expectNoCredential(secrets, () => acting.getConnection('slack'));
  });

  it('in the service, the module and their properties', async () => {
    const secrets = newSecrets();
    const { accessToken } = secrets;
    const server = await startRecordingServer(telling(200, secrets, { access_token: accessToken }));
    const options = { ...toOptions(server.url, secrets.brokerSecret), cache: {} };
    const module = await createConnectorsModule(options);
    const service = module.get(ConnectorsService);
    const acting = service.asAppUser(secrets.userToken);
    await acting.getConnection('slack');
    for (const value of [service, acting, module.get(ServiceRoleClient)]) {
      expectNoSecret(value, Object.values(secrets));
    }
  });
});
