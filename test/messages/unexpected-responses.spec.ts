import type { ConnectorsService } from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';
import { type Responder, respondWith, startRecordingServer } from '../support/recording-server.js';

const METERED = 'metered_connector_requires_proxy';
const CONNECTOR_ERROR = 'x-base44-connector-error';

const cannotBeUsed = (reason: string): string =>
  `The response for connector 'slack' cannot be used: ${reason}. ` +
  'Check that the configured URL points to Base44 itself, or to the broker.';

const respondWithText =
  (status: number, text: string): Responder =>
  (_request, response) => {
    response.writeHead(status).end(text);
  };

type Call = (connectors: ConnectorsService) => Promise<unknown>;

const getSlack: Call = (connectors) => connectors.getConnection('slack');
const callSlack: Call = (connectors) => connectors.callApi('slack', { path: '/' });
const connectSlack: Call = (connectors) => connectors.asAppUser('ada').connectAppUser('slack');
const disconnectSlack: Call = (connectors) =>
  connectors.asAppUser('ada').disconnectAppUser('slack');

const ask = async (respond: Responder, call: Call = getSlack) => {
  const { url } = await startRecordingServer(respond);
  return catchError(call(await createConnectors({ serverUrl: url, serviceToken: 'service' })));
};

describe('An unexpected response of Base44 is an error that says', () => {
  it.each<[string, Responder]>([
    ['it is not a JSON object', respondWith([{ access_token: 'token' }])],
    ['it is not a JSON object', respondWith(null)],
    ['it is not a JSON object', respondWithText(200, '<!doctype html>')],
    ['it contains no token that can be sent', respondWith({ access_token: 'two words' })],
    [
      'its connection_config is not flat',
      respondWith({ access_token: 'token', connection_config: { team: {} } }),
    ],
    ['it is a redirect, which is not followed', respondWith({}, 300)],
    ['it is a redirect, which is not followed', respondWith({}, 399)],
    ['its status is 400', respondWith({}, 400)],
    ['its status is 404', respondWithText(404, ' \n<html></html>')],
    ['its status is 407', respondWith({}, 407)],
    ['its status is 499', respondWith({}, 499)],
    ['it is an unknown connector error', respondWith({}, 403, { [CONNECTOR_ERROR]: 'new' })],
  ])('%s', async (reason, respond) => {
    await expect(ask(respond)).resolves.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
      message: cannotBeUsed(reason),
    });
  });

  it.each<[string, Call, Responder]>([
    ['it is not a JSON object', disconnectSlack, respondWithText(200, '<!doctype html>')],
    ['it does not state the outcome of the call', callSlack, respondWith({ success: true })],
    [
      'it does not state the outcome of the call',
      callSlack,
      respondWith({ success: 'yes', phase: 'responded' }),
    ],
    [
      'it contains no URL that the user can be sent to',
      connectSlack,
      respondWith({ redirect_url: 'javascript:alert(1)' }),
    ],
  ])('%s, also for another call', async (reason, call, respond) => {
    await expect(ask(respond, call)).resolves.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
      message: cannotBeUsed(reason),
    });
  });
});

describe('A failed response of Base44', () => {
  it.each([408, 500, 599])('with status %j is an outage', async (status) => {
    await expect(ask(respondWith({}, status, { 'Retry-After': '2' }))).resolves.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      status,
      retryAfterMs: 2000,
      message: `Base44 is unavailable: it responded with status ${status}. Try again later.`,
    });
  });

  it.each<[Responder, string]>([
    [respondWith({}, 403, { [CONNECTOR_ERROR]: METERED }), 'CONNECTOR_METERED'],
    [respondWith({ error: { code: METERED } }, 403), 'CONNECTOR_METERED'],
    [respondWith({ code: METERED }, 403), 'CONNECTOR_METERED'],
    [respondWith({ error: { code: 'other' }, code: METERED }, 403), 'SERVICE_ROLE_REJECTED'],
    [respondWith({ error: null }, 403), 'SERVICE_ROLE_REJECTED'],
    [respondWith(null, 403), 'SERVICE_ROLE_REJECTED'],
    [respondWithText(403, METERED), 'SERVICE_ROLE_REJECTED'],
    [respondWithText(404, 'not found'), 'CONNECTOR_NOT_CONNECTED'],
    [respondWith({ detail: '<html>' }, 404), 'CONNECTOR_NOT_CONNECTED'],
  ])('is classified by its status and known codes: case %#', async (respond, code) => {
    await expect(ask(respond)).resolves.toMatchObject({ code });
  });

  it('with a rejected session is classified as one of the user', async () => {
    await expect(ask(respondWith({}, 401), connectSlack)).resolves.toMatchObject({
      code: 'APP_USER_REQUIRED',
      status: 401,
    });
  });
});
