import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

const INITIATE = '/app-user-auth/connectors/abc/initiate';

describe('the consent page', () => {
  const emulator = emulatorForEachTest();

  async function initiate(userId = 'alice') {
    emulator().register('abc');
    const { token } = emulator().addAppUser(userId);
    const started = await answer(send(emulator(), INITIATE, { method: 'POST', token }));
    expect(started.status).toBe(200);
    return started.body as { redirect_url: string; connection_id: string };
  }

  async function getToken(userId: string) {
    const headers = { 'on-behalf-of': `Bearer ${emulator().addAppUser(userId).token}` };
    const { body } = await answer(
      send(emulator(), '/app-user-auth/connectors/abc/token', { headers }),
    );
    return body as { access_token?: string; integration_type?: string };
  }

  const decide = (url: string, decision: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }) });
  const getText = async (url: string) => (await fetch(url)).text();

  it('is the target of an app user who connects', async () => {
    const started = await initiate();

    expect(started.connection_id).toMatch(/^[0-9a-f]{24}$/);
    expect(started).toEqual({
      redirect_url: `${emulator().url}/consent/${started.connection_id}`,
      connection_id: started.connection_id,
      already_authorized: false,
    });
  });

  describe('needs a registered connector:', () => {
    const start = () => {
      const { token } = emulator().addAppUser('alice');
      return answer(send(emulator(), INITIATE, { method: 'POST', token }));
    };

    it('any other is not configured', async () => {
      emulator().connect('abc');
      emulator().connect({ workspaceConnector: 'abc' });

      await expect(start()).resolves.toEqual({
        status: 404,
        body: { detail: 'Connector authorization not configured', code: 'NOT_FOUND' },
      });
    });

    it.each<[string, () => void]>([
      [
        'a registration',
        () => {
          emulator().register('abc');
        },
      ],
      [
        "a preset of a user's connection",
        () => {
          emulator().presetConsent('abc', {}, emulator().addAppUser('bob'));
        },
      ],
      [
        "another user's connection, also when it has ended",
        () => {
          const bob = emulator().addAppUser('bob');
          emulator().connect({ appUserConnector: 'abc' }, {}, bob);
          emulator().disconnect({ appUserConnector: 'abc' }, bob);
        },
      ],
    ])('%s is enough', async (_case, register) => {
      register();

      await expect(start()).resolves.toMatchObject({ status: 200 });
    });
  });

  it('names the app, the connector and the user in escaped HTML', async () => {
    const page = await fetch((await initiate('<b>alice')).redirect_url);

    expect(page.headers.get('content-type')).toMatch('text/html');
    const html = await page.text();
    expect(html).toContain('<form method="post">');
    expect(html).toContain('Connect abc?');
    expect(html).toContain(`<dd>${emulator().appId}</dd>`);
    expect(html).toContain('<dd>&#60;b&#62;alice</dd>');
    expect(html).not.toContain('<b>alice');
  });

  it.each([
    ['googlecalendar', 'Connect Google Calendar?'],
    ['our-own-service', 'Connect our-own-service?'],
    ['constructor', 'Connect constructor?'],
  ])('names the provider of the integration type %s', async (integrationType, title) => {
    emulator().register('abc', integrationType);

    await expect(getText((await initiate()).redirect_url)).resolves.toContain(title);
  });

  it('creates a connection of the integration type with which the connector is registered', async () => {
    emulator().register('abc', 'notion');
    emulator().presetConsent('abc', { accessToken: 'ntn_1' });

    await decide((await initiate()).redirect_url, 'approve');

    await expect(getToken('alice')).resolves.toMatchObject({
      access_token: 'ntn_1',
      integration_type: 'notion',
    });
  });

  it('connects no user by a GET', async () => {
    await fetch((await initiate()).redirect_url);

    await expect(getToken('alice')).resolves.not.toHaveProperty('access_token');
  });

  it('connects no user who denies, and accepts no approval after that', async () => {
    const { redirect_url } = await initiate();

    const denied = await decide(redirect_url, 'deny');

    expect(denied.status).toBe(200);
    await expect(denied.text()).resolves.toContain('is not connected for');
    expect((await decide(redirect_url, 'approve')).status).toBe(404);
    await expect(getToken('alice')).resolves.not.toHaveProperty('access_token');
  });

  it('connects only the user who approved, with a random token', async () => {
    const { redirect_url } = await initiate('alice');

    const approved = await fetch(redirect_url, { method: 'POST' });

    expect(approved.status).toBe(200);
    await expect(getToken('alice')).resolves.toMatchObject({
      access_token: expect.stringMatching(/^emulated-/) as unknown,
    });
    await expect(getToken('bob')).resolves.not.toHaveProperty('access_token');
  });

  it('accepts one approval', async () => {
    const { redirect_url } = await initiate();
    await decide(redirect_url, 'approve');

    expect((await decide(redirect_url, 'approve')).status).toBe(404);
    expect((await fetch(redirect_url)).status).toBe(404);
  });

  it('works again for a connected user, and initiate reports the connection', async () => {
    await fetch((await initiate()).redirect_url, { method: 'POST' });

    await expect(initiate()).resolves.toMatchObject({ already_authorized: true });
  });

  it('creates a connection that its user can disconnect', async () => {
    await fetch((await initiate()).redirect_url, { method: 'POST' });
    const { token } = emulator().addAppUser('alice');
    const ended = send(emulator(), '/app-user-auth/connectors/abc', { method: 'DELETE', token });

    await expect(answer(ended)).resolves.toEqual({
      status: 200,
      body: { status: 'disconnected', connector_id: 'abc' },
    });
  });
});
