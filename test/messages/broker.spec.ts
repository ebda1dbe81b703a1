import { catchError } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret } from '../support/expect-no-secret.js';
import { type Responder, respondWith, startRecordingServer } from '../support/recording-server.js';

const CHECK = "Diagnose it with 'npx nestjs-base44-connectors broker check'.";
const NOT_DEPLOYED =
  "There is no broker at broker.url. Deploy it with 'npx nestjs-base44-connectors broker init' " +
  `and 'npx base44 functions deploy connectors-broker', or correct the URL. ${CHECK}`;

const SKEW_MS = 600_000;

const respondWithText =
  (status: number, text: string): Responder =>
  (_request, response) => {
    response.writeHead(status).end(text);
  };

const refuse = (code: string, more: object = {}): Responder =>
  respondWith({ source: 'connectors-broker', code, ...more }, 401);

const start = async (respond: Responder) => {
  const { url, port } = await startRecordingServer(respond);
  const broker = { url: `${url}/functions/connectors-broker`, secret: createSecret(32) };
  return { port, connectors: await createConnectors({ broker }) };
};

const ask = async (respond: Responder) =>
  catchError((await start(respond)).connectors.getConnection('slack'));

describe('A response of the broker is an error with the remedy', () => {
  it('for a rejected signature, which names the host of broker.url', async () => {
    const { port, connectors } = await start(refuse('broker_signature_invalid'));
    await expect(catchError(connectors.getConnection('slack'))).resolves.toMatchObject({
      code: 'BROKER_SECRET_REJECTED',
      connector: 'slack',
      status: 401,
      message:
        "The broker rejects this application's signature. Set broker.secret to the value of the app's secret " +
        "CONNECTORS_BROKER_SECRET. If they are equal, set the app's secret CONNECTORS_BROKER_HOSTS to " +
        `'127.0.0.1:${port}', the host of broker.url. ${CHECK}`,
    });
  });

  it.each<[string, string, string]>([
    [
      'broker_not_configured',
      'BROKER_MISCONFIGURED',
      "The broker has no secret of 32 characters or more. Set the app's secret CONNECTORS_BROKER_SECRET.",
    ],
    [
      'broker_no_service_role',
      'BROKER_MISCONFIGURED',
      'The broker receives no service role from Base44. Deploy it as a backend function of the app.',
    ],
    [
      'broker_body_too_large',
      'INVALID_REQUEST',
      'The request exceeds the 1 MiB that the broker accepts. Send a smaller request.',
    ],
    [
      'unknown',
      'SERVICE_ROLE_REJECTED',
      'Base44 rejected the service token for app app1 (status 401). ' +
        'Check that it is a service token of this app and that it is still valid.',
    ],
  ])('for %s', async (sent, code, message) => {
    await expect(ask(refuse(sent))).resolves.toMatchObject({ code, status: 401, message });
  });

  it('for a connector that is not allowed, which names the entry of the list', async () => {
    const { connectors } = await start(refuse('broker_connector_not_allowed'));
    const message = (id: string, name: string): string =>
      `The broker does not allow connector '${id}'. ` +
      `Add '${name}' to the app's secret CONNECTORS_BROKER_ALLOW, a comma-separated list.`;
    await expect(catchError(connectors.getConnection('slack'))).resolves.toMatchObject({
      code: 'BROKER_CONNECTOR_NOT_ALLOWED',
      message: message('slack', 'slack'),
    });
    await expect(catchError(connectors.getWorkspaceConnection('w1'))).resolves.toMatchObject({
      message: message('w1', 'workspaceConnector:w1'),
    });
  });

  it.each<[unknown, RegExp]>([
    [-SKEW_MS, /^is (600|601) s ahead of$/],
    [SKEW_MS, /^is (599|600) s behind$/],
    ['12:00', /^differs from$/],
    [undefined, /^differs from$/],
  ])('for a clock that differs by %j ms', async (skew, words) => {
    const now = typeof skew === 'number' ? Date.now() + skew : skew;
    const error = await ask(refuse('broker_clock_skew', { now }));
    expect(error.code).toBe('BROKER_CLOCK_SKEWED');
    const [, difference] =
      /^The clock of this machine (.*) the broker's clock\. The broker tolerates five minutes\. Synchronize this clock with a time server\.$/.exec(
        error.message,
      ) ?? [];
    expect(difference).toMatch(words);
  });

  it.each<[string, Responder]>([
    ['a web page', respondWithText(200, '<html>')],
    ['a web page', respondWithText(299, ' <html>')],
    ['status 404', respondWith({}, 404)],
    ['status 405', respondWith({}, 405)],
  ])('when there is none, but %s', async (_, respond) => {
    await expect(ask(respond)).resolves.toMatchObject({
      code: 'BROKER_NOT_DEPLOYED',
      connector: 'slack',
      message: NOT_DEPLOYED,
    });
  });

  it.each<[string, Responder]>([
    ['it is not JSON', respondWithText(200, 'token')],
    ['it is not JSON', respondWith('token', 299)],
    ['it is a redirect, which is not followed', respondWith({}, 300)],
    ['its status is 406', respondWith({}, 406)],
  ])('when it cannot be used: %s', async (reason, respond) => {
    const error = await ask(respond);
    expect(error.code).toBe('UNEXPECTED_RESPONSE');
    expect(error.message).toBe(
      `The response for connector 'slack' cannot be used: ${reason}. ` +
        'Check that the configured URL points to Base44 itself, or to the broker.',
    );
  });
});
