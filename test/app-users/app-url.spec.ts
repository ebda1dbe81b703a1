import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';
import { startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';

const CONSENT = 'https://accounts.example/consent';

describe('appUrl', () => {
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    ada = base44.addAppUser('ada');
  });

  /** Starts the host of the app. */
  const startApp = (redirect_url = CONSENT) =>
    startRecordingServer((_request, response) => {
      response.end(JSON.stringify({ redirect_url, already_authorized: false }));
    });

  const asAda = async (options: Partial<ConnectorsModuleOptions>) => {
    const request = { appUserToken: () => undefined };
    const connectors = await createConnectors({ ...toOptions(base44), request, ...options });
    return connectors.asAppUser(ada.token);
  };

  it('receives the request that initiates a connection, with the token of the user only', async () => {
    const app = await startApp();
    const connectors = await asAda({ appUrl: `${app.url}/` });
    await expect(connectors.connectAppUser('cal1')).resolves.toBe(CONSENT);
    expect(base44.requests).toEqual([]);
    const [request] = app.requests;
    expect(`${request!.method} ${request!.path}`).toBe(
      `POST /api/apps/${base44.appId}/app-user-auth/connectors/cal1/initiate`,
    );
    expect(JSON.stringify(request)).toContain(`Bearer ${ada.token}`);
    expect(JSON.stringify(request)).not.toContain(base44.serviceToken);
  });

  it('receives no other request', async () => {
    const app = await startApp();
    base44.connect({ appUserConnector: 'cal1' }, {}, ada);
    const connectors = await asAda({ appUrl: app.url });
    await connectors.getCurrentAppUserConnection('cal1');
    await connectors.disconnectAppUser('cal1');
    expect(app.requests).toEqual([]);
    expect(base44.requests).toHaveLength(2);
  });

  it('applies with a broker too', async () => {
    const app = await startApp();
    const connectors = await asAda({
      serviceToken: undefined,
      broker: { url: `${base44.url}/functions/connectors-broker`, secret: createSecret(32) },
      appUrl: app.url,
    });
    await expect(connectors.connectAppUser('cal1')).resolves.toBe(CONSENT);
  });

  it('may have the consent page itself, without https on loopback', async () => {
    const app = await startApp(`${base44.url}/consent/1`);
    const connectors = await asAda({ appUrl: app.url });
    await expect(connectors.connectAppUser('cal1')).resolves.toBe(`${base44.url}/consent/1`);
    const other = await startApp('http://consent.example/1');
    const insecure = await asAda({ appUrl: other.url });
    await expect(insecure.connectAppUser('cal1')).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    });
  });

  it('receives no token of another app or server, which a request names', async () => {
    const app = await startApp();
    const other = await Base44Emulator.start({ appId: 'app2' });
    closeAfterTest(() => other.close());
    other.register('cal1');
    const user = other.addAppUser('ada');
    const connectors = await createConnectors({
      ...toOptions(base44),
      appUrl: app.url,
      request: { base44Headers: true, trustedServerUrls: [other.url], trustedAppIds: ['app2'] },
    });
    const forwarded = (appId: string, url: string) =>
      connectors.forRequest({
        headers: {
          authorization: `Bearer ${user.token}`,
          'base44-service-authorization': 'Bearer service',
          'base44-app-id': appId,
          'base44-api-url': url,
        },
      });
    await forwarded('app2', other.url).connectAppUser('cal1');
    await catchError(forwarded('app2', base44.url).connectAppUser('cal1'));
    await catchError(forwarded(base44.appId, other.url).connectAppUser('cal1'));
    expect(app.requests).toEqual([]);
    await forwarded(base44.appId, base44.url).connectAppUser('cal1');
    await forwarded(base44.appId, base44.url).asAppUser(ada.token).connectAppUser('cal1');
    expect(app.requests).toHaveLength(2);
  });

  it('is named when it cannot be reached', async () => {
    const connectors = await asAda({ appUrl: 'https://app.bas44.invalid' });
    const error = await catchError(connectors.connectAppUser('cal1'));
    expect(error.message).toMatch(
      /^Base44 is unavailable: the host 'app\.bas44\.invalid' of appUrl was not found \(\w+\)\. Check appUrl/,
    );
    // The other parts of the token are no secrets.
    expectNoSecret(error, [ada.token.split('.').at(-1)!]);
  });

  it.each<[Partial<ConnectorsModuleOptions>, string]>([
    [
      { appUrl: 'http://my-app.base44.app' },
      'appUrl must begin with https://, or tokens cross the network unprotected; allowInsecureServerUrl: true permits that',
    ],
    [
      { appUrl: 'https://my-app.base44.app/functions' },
      'appUrl must have no path, because the paths of the API are appended: https://my-app.base44.app',
    ],
    [
      { appUrl: 'https://u:p@my-app.base44.app' },
      'appUrl must not contain a user name or password',
    ],
    [
      { serviceToken: undefined, client: { getConnection: async () => null }, appUrl: CONSENT },
      'appUrl has no effect with client, because a client cannot connect accounts of users; ' +
        'configure serviceToken or broker instead of client',
    ],
  ])('fails startup when it is wrong: %j', async (options, problem) => {
    const error = await catchError(createConnectors({ serviceToken: 'service', ...options }));
    expect(error.problems).toEqual([problem]);
  });
});
