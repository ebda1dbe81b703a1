import { createClient } from 'base44-sdk-0.8.4';
import { catchError } from '../support/async.js';
import { emulatorForEachTest, silenceConsole } from './emulator.fixture.js';

silenceConsole();

describe('the official SDK, 0.8.4', () => {
  const emulator = emulatorForEachTest();
  const clients: ReturnType<typeof createClient>[] = [];

  function service(overrides: { serviceToken?: string; appId?: string } = {}) {
    const { url: serverUrl, appId, serviceToken } = emulator();
    const client = createClient({ serverUrl, appId, serviceToken, ...overrides });
    clients.push(client);
    return client.asServiceRole.connectors;
  }

  afterEach(() => {
    for (const client of clients.splice(0)) client.cleanup();
  });

  it('gets the access token of an integration type', async () => {
    emulator().connect('slack', { accessToken: 'xoxb-1' });

    await expect(service().getAccessToken('slack')).resolves.toBe('xoxb-1');
  });

  it('has no other operation of connectors', () => {
    expect(Object.keys(service())).toEqual(['getAccessToken']);
  });

  it('is recorded without the WebSocket that it opens at once', async () => {
    emulator().connect('slack');

    await service().getAccessToken('slack');

    expect(emulator().requests.map(({ path }) => path)).toEqual([
      `/api/apps/${emulator().appId}/external-auth/tokens/slack`,
    ]);
  });

  it('works with the new service token after the old one is rejected', async () => {
    emulator().connect('slack', { accessToken: 'xoxb-1' });
    const before = service();
    emulator().rotateServiceToken();

    await expect(catchError(before.getAccessToken('slack'))).resolves.toMatchObject({
      status: 401,
    });
    await expect(service().getAccessToken('slack')).resolves.toBe('xoxb-1');
  });

  it.each<[string, () => Promise<unknown>, object]>([
    [
      'a wrong service token',
      () => service({ serviceToken: 'wrong' }).getAccessToken('slack'),
      { status: 401, message: 'Unauthorized' },
    ],
    [
      "a user's token where the service token belongs",
      () => service({ serviceToken: emulator().addAppUser('a').token }).getAccessToken('slack'),
      { status: 403, message: 'This endpoint is only accessible to service tokens' },
    ],
    [
      'a metered connector, though without its code, which is in a header',
      () => {
        emulator().meter('x');
        return service().getAccessToken('x');
      },
      { status: 403, code: undefined },
    ],
    [
      'not connected',
      () => service().getAccessToken('slack'),
      { status: 404, code: 'NOT_FOUND', message: 'Connector connection not found' },
    ],
    [
      'another app',
      () => service({ appId: 'another' }).getAccessToken('slack'),
      { status: 401, message: 'Unauthorized' },
    ],
    ['a malformed identifier', () => service().getAccessToken('~'), { status: 422 }],
  ])('reports %s', async (_case, act, expected) => {
    await expect(catchError(act())).resolves.toMatchObject(expected);
  });
});
