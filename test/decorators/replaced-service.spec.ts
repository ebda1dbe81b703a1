import { HttpService } from '@nestjs/axios';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorConnection,
  ConnectorFetch,
  ConnectorHttp,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  InjectConnectorHttp,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { map, of } from 'rxjs';
import { closeAfterTest } from '../support/close-after-test.js';
import { getJson } from './get-json.js';

@Controller()
class TokensController {
  constructor(@InjectConnectorHttp('slack') private readonly injectedHttp: HttpService) {}

  @Get('injected')
  injected() {
    return this.injectedHttp.get<unknown>('/me').pipe(map(({ data }) => data));
  }

  @Get('http')
  http(@ConnectorHttp('slack') http: HttpService) {
    return http.get<unknown>('/me').pipe(map(({ data }) => data));
  }

  @Get('fetch')
  async fetch(@ConnectorFetch('slack') fetchSlack: typeof fetch): Promise<unknown> {
    return (await fetchSlack('https://slack.com/api/me')).json();
  }

  @Get('token')
  token(@ConnectorToken('slack') token: string) {
    return { token };
  }

  @Get('connection')
  connection(@ConnectorConnection('slack') { accessToken }: ConnectorConnection) {
    return { token: accessToken };
  }
}

const connection = { accessToken: 'real', connectionConfig: null };
const mock = { getConnection: () => ({ ...connection, accessToken: 'mocked' }) };

describe('Decorated handlers', () => {
  let userTokens: number;
  let app: INestApplication;

  const start = async (service?: object): Promise<(path: string) => Promise<unknown>> => {
    userTokens = 0;
    const request = {
      appUserToken: () => {
        userTokens += 1;
        return 'user-token';
      },
    };
    const options = {
      appId: 'app1',
      serviceToken: 'service-token',
      request,
      verifyOnBootstrap: 'fail',
    } as const;
    const testing = Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(options), ConnectorsModule.forFeature(['slack'])],
      controllers: [TokensController],
    })
      .overrideProvider(ServiceRoleClient)
      .useValue({ fetchConnection: () => Promise.resolve(connection) });
    if (service !== undefined) testing.overrideProvider(ConnectorsService).useValue(service);
    app = (await testing.compile()).createNestApplication({ logger: false });
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return (path) => getJson(`${url}${path}`);
  };

  it.each(['/token', '/connection'])(
    'get the value of a spy, also when %s is cached',
    async (path) => {
      const get = await start();
      await expect(get(path)).resolves.toEqual({ token: 'real' });
      const spied = { ...connection, accessToken: 'spied' };
      const { jest } = import.meta;
      const spy = jest.spyOn(ConnectorsService.prototype, 'getConnection').mockResolvedValue(spied);
      closeAfterTest(() => {
        spy.mockRestore();
      });
      await expect(get(path)).resolves.toEqual({ token: 'spied' });
    },
  );

  it.each(['/token', '/connection'])('get the value of a spy on the instance: %s', async (path) => {
    const get = await start();
    const spied = { ...connection, accessToken: 'spied' };
    import.meta.jest.spyOn(app.get(ConnectorsService), 'getConnection').mockResolvedValue(spied);
    await expect(get(path)).resolves.toEqual({ token: 'spied' });
  });

  it.each(['/token', '/connection'])(
    'get the value of a mock of getConnection: %s',
    async (path) => {
      const get = await start(mock);
      await expect(get(path)).resolves.toEqual({ token: 'mocked' });
    },
  );

  it('get the value of a mock whose further methods return nothing', async () => {
    class Automock {
      getConnection = mock.getConnection;
      forRequest = () => undefined;
      http = () => undefined;
    }
    const get = await start(new Automock());
    await expect(get('/token')).resolves.toEqual({ token: 'mocked' });
  });

  it('get the value of the forRequest of a mock', async () => {
    const ofUser = { getConnection: () => ({ ...connection, accessToken: 'of the user' }) };
    const get = await start({ ...mock, forRequest: () => ofUser });
    await expect(get('/token')).resolves.toEqual({ token: 'of the user' });
  });

  it.each([
    ['/fetch', 'fetchFor'],
    ['/http', 'http'],
    ['/injected', 'http'],
  ])(
    'start with a mock of getConnection, and %s says that %s() is missing',
    async (path, method) => {
      const get = await start(mock);
      await expect(get(path)).resolves.toMatchObject({
        error: 'CONFIGURATION',
        message: expect.stringMatching(
          new RegExp(`has no method ${method}\\(\\).* import ConnectorsTestingModule`),
        ) as string,
      });
    },
  );

  it('get what the fetchFor and http of a mock return', async () => {
    const get = await start({
      ...mock,
      fetchFor: () => () => Promise.resolve(Response.json({ from: 'fetch' })),
      http: () => ({ get: () => of({ data: { from: 'http' } }) }),
    });
    await expect(get('/fetch')).resolves.toEqual({ from: 'fetch' });
    await expect(get('/http')).resolves.toEqual({ from: 'http' });
    await expect(get('/injected')).resolves.toEqual({ from: 'http' });
  });

  it('get the value of useMocker, without any module', async () => {
    const module = await Test.createTestingModule({ controllers: [TokensController] })
      .useMocker((token) => (token === ConnectorsService ? mock : {}))
      .compile();
    app = module.createNestApplication({ logger: false });
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    await expect(getJson(`${await app.getUrl()}/token`)).resolves.toEqual({ token: 'mocked' });
  });

  it('read the user once for each parameter, cached or not', async () => {
    const get = await start();
    await get('/token');
    expect(userTokens).toBe(1);
    await get('/token');
    expect(userTokens).toBe(2);
  });
});
