import type { ConnectorsService } from 'nestjs-base44-connectors';
import { startByteSink } from '../support/byte-sink.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret } from '../support/expect-no-secret.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError, settle } from '../support/async.js';
import { startRecordingServer, type Responder } from '../support/recording-server.js';

const STATUSES = [300, 301, 302, 303, 304, 305, 307, 308];

const respondWithRedirect =
  (location: string, status: number): Responder =>
  (_request, response) => {
    response.writeHead(status, { Location: location }).end('{"access_token":"of-the-redirect"}');
  };

const CALLS: [string, (service: ConnectorsService) => Promise<unknown>][] = [
  ['getConnection', (service) => service.getConnection('slack')],
  ['callApi', (service) => service.callApi('x', { method: 'POST', path: '/', body: 'private' })],
];

describe.each(STATUSES)('a redirect with status %i', (status) => {
  it.each(CALLS)('sends nothing to its location, for %s', async (_name, call) => {
    const sink = await startByteSink();
    for (const location of [
      `${sink.url}/a`,
      `//127.0.0.1:${sink.port}`,
      `http://[::ffff:127.0.0.1]:${sink.port}`,
    ]) {
      const server = await startRecordingServer(respondWithRedirect(location, status));
      const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

      expect(await catchError(() => call(service))).toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
        status,
      });
      expect(server.requests).toHaveLength(1);
    }
    expect(sink.received()).toBe('');
  });
});

it('a redirect to the server itself is not followed either', async () => {
  const server = await startRecordingServer(respondWithRedirect('/loop', 302));
  const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

  expect(await catchError(() => service.getConnection('slack'))).toMatchObject({ status: 302 });
  expect(server.requests).toHaveLength(1);
});

it("the official SDK sends the user's token to the location of a redirect", async () => {
  const sink = await startByteSink();
  const userToken = createSecret();
  const server = await startRecordingServer(respondWithRedirect(sink.url, 307));
  const client = createOfficialClient({
    serverUrl: server.url,
    serviceToken: 'service',
    token: userToken,
  });

  await settle(() => client.asServiceRole.connectors.getConnection('slack'));
  expect(sink.received()).toContain(`on-behalf-of: Bearer ${userToken}`);
});
