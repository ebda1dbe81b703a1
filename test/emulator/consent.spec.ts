import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

describe('the consent page', () => {
  const emulator = emulatorForEachTest();

  async function initiate(userId = 'alice') {
    const { token } = emulator().addAppUser(userId);
    const started = await answer(
      send(emulator(), '/app-user-auth/connectors/abc/initiate', { method: 'POST', token }),
    );
    expect(started.status).toBe(200);
    return started.body as { redirect_url: string; connection_id: string };
  }

  async function getAccessToken(userId: string) {
    const headers = { 'on-behalf-of': `Bearer ${emulator().addAppUser(userId).token}` };
    const { body } = await answer(
      send(emulator(), '/app-user-auth/connectors/abc/token', { headers }),
    );
    return (body as { access_token?: string }).access_token;
  }

  it('is the target of an app user who connects', async () => {
    const started = await initiate();

    expect(started.connection_id).toMatch(/^[0-9a-f]{24}$/);
    expect(started).toEqual({
      redirect_url: `${emulator().url}/consent/${started.connection_id}`,
      connection_id: started.connection_id,
    });
  });

  it('asks for approval in escaped HTML', async () => {
    const page = await fetch((await initiate('<b>alice')).redirect_url);

    expect(page.headers.get('content-type')).toMatch('text/html');
    const html = await page.text();
    expect(html).toContain('<form method="post">');
    expect(html).toContain('abc for &#60;b&#62;alice?');
  });

  it('connects no user by a GET', async () => {
    await fetch((await initiate()).redirect_url);

    await expect(getAccessToken('alice')).resolves.toBeUndefined();
  });

  it('connects only the user who approved, with a random token', async () => {
    const { redirect_url } = await initiate('alice');

    const approved = await fetch(redirect_url, { method: 'POST' });

    expect(approved.status).toBe(200);
    await expect(getAccessToken('alice')).resolves.toMatch(/^emulated-/);
    await expect(getAccessToken('bob')).resolves.toBeUndefined();
  });

  it('accepts one approval', async () => {
    const { redirect_url } = await initiate();
    await fetch(redirect_url, { method: 'POST' });

    expect((await fetch(redirect_url, { method: 'POST' })).status).toBe(404);
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
