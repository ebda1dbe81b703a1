import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

const TOKEN = '/external-auth/tokens/slack';
const APP_USER_TOKEN = '/app-user-auth/connectors/abc/token';

describe("the emulated API's", () => {
  const emulator = emulatorForEachTest();

  describe('token answer', () => {
    it('has the integration type and a null configuration by default', async () => {
      const { accessToken } = emulator().connect('slack');

      await expect(answer(send(emulator(), TOKEN))).resolves.toEqual({
        status: 200,
        body: { access_token: accessToken, integration_type: 'slack', connection_config: null },
      });
    });

    it('has an expiry when the script says so', async () => {
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
    it.each([undefined, 'wrong', ' ', 'two words'])('refuses the token %p', async (token) => {
      await expect(answer(send(emulator(), TOKEN, { token }))).resolves.toEqual({
        status: 401,
        body: { detail: 'Unauthorized' },
      });
    });

    it.each(['bearer', 'Basic', 'Bearer  '])('refuses the scheme %p', async (scheme) => {
      const headers = { Authorization: `${scheme} ${emulator().serviceToken}` };

      const { status } = await send(emulator(), TOKEN, { token: undefined, headers });

      expect(status).toBe(401);
    });

    it('takes a further session of the same user for the same user', async () => {
      emulator().connect({ appUserConnector: 'abc' }, {}, emulator().addAppUser('alice'));
      const headers = { 'on-behalf-of': `Bearer ${emulator().addAppUser('alice').token}` };

      const { status } = await send(emulator(), APP_USER_TOKEN, { headers });

      expect(status).toBe(200);
    });

    it('gives users tokens that look like a JWT', () => {
      const [, payload = ''] = emulator().addAppUser('alice').token.split('.');

      expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
        sub: 'alice',
        app_id: emulator().appId,
      });
    });

    it('comes before the check of the app', async () => {
      const headers = { 'X-App-Id': 'another' };

      expect((await send(emulator(), TOKEN, { headers, token: 'wrong' })).status).toBe(401);
      expect((await send(emulator(), TOKEN, { headers })).status).toBe(404);
    });

    it('refuses the service role where a user is asked', async () => {
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
    ])('does not know %s', async (path) => {
      await expect(answer(send(emulator(), path))).resolves.toEqual({
        status: 404,
        body: { detail: 'Not Found' },
      });
    });

    it('says which methods a route has', async () => {
      const response = await send(emulator(), TOKEN, { method: 'PUT' });

      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET');
      await expect(response.json()).resolves.toEqual({ detail: 'Method Not Allowed' });
    });

    it.each(['-slack', 'slack_', 'sl.ack', '%20', 'a'.repeat(129)])(
      'refuses the identifier %s',
      async (identifier) => {
        const refused = answer(send(emulator(), `/external-auth/tokens/${identifier}`));

        await expect(refused).resolves.toMatchObject({
          status: 422,
          body: { detail: [{ loc: ['path', 'connector'] }] },
        });
      },
    );

    it('bears a path that is not well encoded', async () => {
      expect((await send(emulator(), '/external-auth/tokens/%zz')).status).toBe(422);
    });
  });

  describe('script', () => {
    it('refuses identifiers that Base44 would not give', async () => {
      const user = emulator().addAppUser('alice');

      expect(() => emulator().connect('../x')).toThrow(TypeError);
      expect(() => emulator().connect({ appUserConnector: '' }, {}, user)).toThrow(TypeError);
      expect(() => {
        emulator().meter('a/b');
      }).toThrow(TypeError);
    });

    it('refuses an app-user connector without a user, and a user without one', () => {
      const user = emulator().addAppUser('alice');

      expect(() => emulator().connect({ appUserConnector: 'abc' })).toThrow(/app user/);
      expect(() => emulator().connect('slack', {}, user)).toThrow(/app user/);
    });
  });
});
