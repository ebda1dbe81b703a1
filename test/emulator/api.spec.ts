import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

const TOKEN = '/external-auth/tokens/slack';
const APP_USER_TOKEN = '/app-user-auth/connectors/abc/token';

describe("the emulated API's", () => {
  const emulator = emulatorForEachTest();

  it('serves loopback hosts only, so that no web page reaches it under another name', async () => {
    emulator().connect('slack');
    for (const [host, status] of [
      ['localhost:4400', 200],
      ['[::1]:4400', 200],
      ['evil.example', 403],
      ['127.0.0.1.evil.example', 403],
    ] as const) {
      const { appId, serviceToken, url } = emulator();
      const headers = { host, authorization: `Bearer ${serviceToken}` };
      const [response] = (await once(
        get(`${url}/api/apps/${appId}${TOKEN}`, { headers }),
        'response',
      )) as [IncomingMessage];
      response.resume();
      expect([host, response.statusCode]).toEqual([host, status]);
    }
  });

  describe('token response', () => {
    it('has the integration type, and omits the configuration by default', async () => {
      const { accessToken } = emulator().connect('slack');

      await expect(answer(send(emulator(), TOKEN))).resolves.toStrictEqual({
        status: 200,
        body: { access_token: accessToken, integration_type: 'slack' },
      });
    });

    it.each([null, {}, { subdomain: 'acme' }])(
      'has the configuration %j that the script sets',
      async (connectionConfig) => {
        emulator().connect('slack', { connectionConfig });

        await expect(answer(send(emulator(), TOKEN))).resolves.toMatchObject({
          body: { connection_config: connectionConfig },
        });
      },
    );

    it('has the integration type that the script sets for a connector with an id', async () => {
      const user = emulator().addAppUser('alice');
      emulator().connect({ appUserConnector: 'abc' }, { integrationType: 'notion' }, user);
      const headers = { 'on-behalf-of': `Bearer ${user.token}` };

      await expect(answer(send(emulator(), APP_USER_TOKEN, { headers }))).resolves.toMatchObject({
        body: { integration_type: 'notion' },
      });
    });

    it('has an expiry when the script sets one', async () => {
      emulator().connect('slack', { expiresIn: 3600, expiresAt: '2030-01-01T00:00:00Z' });

      await expect(answer(send(emulator(), TOKEN))).resolves.toMatchObject({
        body: { expires_in: 3600, expires_at: '2030-01-01T00:00:00Z' },
      });
    });

    it('is JSON', async () => {
      emulator().connect('slack');

      const { headers } = await send(emulator(), TOKEN);

      expect(headers.get('content-type')).toBe('application/json');
    });
  });

  describe('identity check', () => {
    it.each([undefined, 'wrong', ' ', 'two words'])('rejects the token %p', async (token) => {
      await expect(answer(send(emulator(), TOKEN, { token }))).resolves.toEqual({
        status: 401,
        body: { detail: 'Unauthorized' },
      });
    });

    it.each(['bearer', 'Basic', 'Bearer  '])('rejects the scheme %p', async (scheme) => {
      const headers = { Authorization: `${scheme} ${emulator().serviceToken}` };

      const { status } = await send(emulator(), TOKEN, { token: undefined, headers });

      expect(status).toBe(401);
    });

    it('treats another session of a user as the same user', async () => {
      emulator().connect({ appUserConnector: 'abc' }, {}, emulator().addAppUser('alice'));
      const headers = { 'on-behalf-of': `Bearer ${emulator().addAppUser('alice').token}` };

      const { status } = await send(emulator(), APP_USER_TOKEN, { headers });

      expect(status).toBe(200);
    });

    it('accepts a session token that the script chooses', async () => {
      const user = emulator().addAppUser('alice', 'session-of-alice');
      emulator().connect({ appUserConnector: 'abc' }, {}, user);
      const headers = { 'on-behalf-of': 'Bearer session-of-alice' };

      expect((await send(emulator(), APP_USER_TOKEN, { headers })).status).toBe(200);
    });

    it.each(['', 'two words', 'line\nbreak', 'ä'])('takes no session token %j', (token) => {
      expect(() => emulator().addAppUser('alice', token)).toThrow(TypeError);
    });

    it('gives users tokens that look like a JWT', () => {
      const [, payload = ''] = emulator().addAppUser('alice').token.split('.');

      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
        sub: 'alice',
        app_id: emulator().appId,
      });
    });

    it("rejects another app's id, in the path or in X-App-Id", async () => {
      emulator().connect('slack');
      const unauthorized = { status: 401, body: { detail: 'Unauthorized' } };
      const headers = { 'X-App-Id': 'another' };

      await expect(answer(send(emulator(), TOKEN, { headers }))).resolves.toEqual(unauthorized);
      const { url, serviceToken } = emulator();
      const ofAnother = fetch(`${url}/api/apps/another${TOKEN}`, {
        headers: { Authorization: `Bearer ${serviceToken}` },
      });
      await expect(answer(ofAnother)).resolves.toEqual(unauthorized);
    });

    it('rejects the service role when a user is required', async () => {
      const initiate = '/app-user-auth/connectors/abc/initiate';

      expect((await send(emulator(), initiate, { method: 'POST' })).status).toBe(401);
    });
  });

  describe('routing', () => {
    it.each([
      '/external-auth/tokens',
      '/external-auth/tokens/',
      '/external-auth/tokens/connectors/a/b',
      '/entities/Todo',
    ])('responds with 404 to %s', async (path) => {
      await expect(answer(send(emulator(), path))).resolves.toEqual({
        status: 404,
        body: { detail: 'Not Found' },
      });
    });

    it('lists the methods of a route', async () => {
      const response = await send(emulator(), TOKEN, { method: 'PUT' });

      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET');
      await expect(response.json()).resolves.toEqual({ detail: 'Method Not Allowed' });
    });

    it.each(['sl~ack', 'slack:', 'sl.ack', '%20', 'a'.repeat(129)])(
      'rejects the identifier %s',
      async (identifier) => {
        const refused = answer(send(emulator(), `/external-auth/tokens/${identifier}`));

        await expect(refused).resolves.toMatchObject({
          status: 422,
          body: { detail: [{ loc: ['path', 'connector'] }] },
        });
      },
    );

    it('handles a path with malformed encoding', async () => {
      expect((await send(emulator(), '/external-auth/tokens/%zz')).status).toBe(422);
    });
  });

  describe('script', () => {
    it('rejects identifiers that Base44 does not issue', async () => {
      const user = emulator().addAppUser('alice');

      expect(() => emulator().connect('../x')).toThrow(TypeError);
      expect(() => emulator().connect({ appUserConnector: '' }, {}, user)).toThrow(TypeError);
      expect(() => {
        emulator().register('');
      }).toThrow(TypeError);
      expect(() => {
        emulator().meter('a/b');
      }).toThrow(TypeError);
    });

    it('rejects an app user connector without a user, and a user without such a connector', () => {
      const user = emulator().addAppUser('alice');

      expect(() => emulator().connect({ appUserConnector: 'abc' })).toThrow(/app user/);
      expect(() => emulator().connect('slack', {}, user)).toThrow(/app user/);
    });
  });
});
