import { Test } from '@nestjs/testing';
import {
  type ConnectorFeature,
  ConnectorsModule,
  ConnectorsService,
  type ProviderAddress,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';
import { getSentToken, json } from './provider-calls.fixture.js';

const ERP = { workspaceConnector: 'erp1' };

type Send = (address: ProviderAddress, url?: string) => Promise<unknown>;

async function application(feature?: ConnectorFeature) {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect(ERP, { accessToken: 'erp-token' });
  base44.connect('slack', { accessToken: 'xoxb-1' });
  const provider = await startRecordingServer((_request, response) => {
    json(response, 200, { ok: true });
  });
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        ...toOptions(base44),
        request: { appUserToken: () => undefined },
      }),
      ...(feature ? [ConnectorsModule.forFeature([feature])] : []),
    ],
  }).compile();
  closeAfterTest(() => module.close());
  const connectors = module.get(ConnectorsService);
  const senders = (connector: ConnectorFeature['connector']): [string, Send][] => [
    ['fetch', (address, url = '/x') => connectors.fetch(connector, url, address)],
    ['fetchFor', async (address, url = '/x') => connectors.fetchFor(connector, address)(url)],
    [
      'http',
      async (address, url = '/x') => firstValueFrom(connectors.http(connector, address).get(url)),
    ],
  ];
  return { base44, provider, connectors, senders };
}

describe('A call with the address of its provider', () => {
  it('reaches a connector whose id is known at run time only', async () => {
    const { provider, senders } = await application();
    for (const [, send] of senders(ERP)) await send({ baseURL: `${provider.url}/v1` }, '/orders');
    expect(provider.requests.map(({ path }) => path)).toEqual(Array(3).fill('/v1/orders'));
    expect(provider.requests.map(getSentToken)).toEqual(Array(3).fill('erp-token'));
  });

  it('may send the token to further origins', async () => {
    const { provider, senders } = await application();
    const address = { baseURL: 'https://api.erp.example', allowedOrigins: [provider.url] };
    for (const [, send] of senders(ERP)) await send(address, `${provider.url}/upload`);
    expect(provider.requests.map(getSentToken)).toEqual(Array(3).fill('erp-token'));
  });

  it('acts for the user of a bound service', async () => {
    const { base44, provider, connectors } = await application();
    const cal = { appUserConnector: 'cal1' };
    const users = ['ada', 'grace'].map((id) => base44.addAppUser(id));
    for (const user of users) base44.connect(cal, { accessToken: `token-of-${user.id}` }, user);
    const bound = users.map(({ token }) =>
      connectors.asAppUser(token).http(cal, { baseURL: provider.url }),
    );
    for (const http of bound) await firstValueFrom(http.get('/x'));
    expect(provider.requests.map(getSentToken)).toEqual(['token-of-ada', 'token-of-grace']);
  });

  it('keeps no service, because callers choose the address', async () => {
    const { provider, connectors } = await application();
    const address = { baseURL: provider.url };
    expect(connectors.http(ERP, address)).not.toBe(connectors.http(ERP, address));
  });

  it.each<[object, string]>([
    [{ baseURL: 'http://api.erp.example' }, 'baseURL must begin with https://'],
    [
      { baseURL: 'https://u:p@api.erp.example' },
      'baseURL must not contain a user name or password',
    ],
    [{ baseURL: 'https://{domain}' }, "baseURL must end its host with the provider's own domain"],
    [{ baseURL: '/v1' }, 'baseURL must be an absolute URL'],
    [{ baseURL: 42 }, 'baseURL must be an absolute URL'],
    [{ allowedOrigins: 'https://x.example' }, 'allowedOrigins must be a list of origins'],
    [
      { baseURL: '/v1', allowedOrigins: 'https://x.example' },
      'baseURL must be an absolute URL such as https://api.example.com; allowedOrigins must be a list of origins',
    ],
  ])('rejects the address that forFeature rejects: %j', async (address, problem) => {
    const { base44, senders } = await application();
    for (const [, send] of senders(ERP)) {
      const error = await catchError(() => send(address));
      expect(error).toMatchObject({ code: 'INVALID_REQUEST', connector: 'erp1' });
      expect(error.message).toMatch(`The address for connector 'erp1' is invalid: ${problem}`);
    }
    expect(base44.requests).toEqual([]);
  });

  it.each(['fetchFor', 'http'] as const)('suggests a misspelt option of %s()', async (method) => {
    const { connectors } = await application();
    const misspelt: object = { baseUrl: 'https://api.erp.example' };
    await expect(catchError(() => connectors[method](ERP, misspelt))).resolves.toMatchObject({
      code: 'INVALID_REQUEST',
      connector: 'erp1',
      message: 'baseUrl is not an option of this call: did you mean baseURL?',
    });
  });

  it.each([null, 'https://api.erp.example', 42])(
    'rejects %j instead of options',
    async (options) => {
      const { connectors } = await application();
      for (const method of ['fetchFor', 'http'] as const) {
        const error = await catchError(() => connectors[method](ERP, options as never));
        expect(error).toMatchObject({
          code: 'INVALID_REQUEST',
          connector: 'erp1',
          message: 'The options of this call must be an object',
        });
      }
    },
  );

  it.each<[string, ConnectorFeature | undefined, ConnectorFeature['connector'], string]>([
    ['the catalogue', undefined, 'slack', 'https://slack.com and https://files.slack.com'],
    [
      'forFeature',
      { connector: ERP, baseURL: 'https://api.erp.example/v1' },
      ERP,
      'https://api.erp.example',
    ],
  ])('cannot replace the origins of %s', async (_, feature, connector, origins) => {
    const { base44, provider, senders } = await application(feature);
    const id = typeof connector === 'string' ? connector : 'erp1';
    for (const [, send] of senders(connector)) {
      for (const address of [{ baseURL: provider.url }, { allowedOrigins: [provider.url] }]) {
        await expect(catchError(() => send(address))).resolves.toMatchObject({
          code: 'ORIGIN_NOT_ALLOWED',
          connector: id,
          message:
            `The API of connector '${id}' has a known address, so a call cannot choose an origin except ` +
            `${origins}. Declare other origins in ConnectorsModule.forFeature().`,
        });
      }
    }
    expect(provider.requests).toEqual([]);
    expect(base44.requests).toEqual([]);
  });

  it('may choose another path at the declared origin, and keeps the settings', async () => {
    const { provider, connectors } = await application();
    const declared = await application({ connector: ERP, baseURL: `${provider.url}/v1` });
    for (const [, send] of declared.senders(ERP)) {
      await send({ baseURL: `${provider.url}/v2` }, '/orders');
    }
    expect(provider.requests.map(({ path }) => path)).toEqual(Array(3).fill('/v2/orders'));
    await expect(connectors.fetch(ERP, '/x')).rejects.toMatchObject({
      code: 'ORIGIN_NOT_ALLOWED',
      message:
        "The API address of connector 'erp1' is not known. Check the name, or declare the address: " +
        "ConnectorsModule.forFeature([{ connector: { workspaceConnector: 'erp1' }, baseURL: … }]). " +
        'If its id is known at run time only, pass { baseURL } to the call.',
    });
  });

  it('is not read from the init of an SDK, which calls fetchFor()', async () => {
    const { provider, connectors } = await application();
    const other = await startRecordingServer();
    const sdkFetch = connectors.fetchFor(ERP, { baseURL: provider.url });
    const init = { baseURL: other.url, allowedOrigins: [other.url] };
    await sdkFetch('/x', init as RequestInit);
    await expect(sdkFetch(`${other.url}/x`, init as RequestInit)).rejects.toMatchObject({
      code: 'ORIGIN_NOT_ALLOWED',
    });
    expect([provider.requests.length, other.requests.length]).toEqual([1, 0]);
  });

  it('does not move a metered call to another host', async () => {
    const { base44, connectors } = await application();
    base44.meter('googlemaps');
    const baseURL = 'https://places.googleapis.com';
    await expect(connectors.fetch('googlemaps', '/v1/x', { baseURL })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    expect(base44.requests).toEqual([]);
  });
});
