import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorConnection,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { getJson } from './get-json.js';

@Controller()
class TokensController {
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
    const options = { appId: 'app1', serviceToken: 'service-token', request };
    const testing = Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(options)],
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

  it.each(['/token', '/connection'])(
    'get the value of a mock without further methods: %s',
    async (path) => {
      const mock = {
        getConnection: () => ({ ...connection, accessToken: 'mocked' }),
        forRequest: () => mock,
      };
      const get = await start(mock);
      await expect(get(path)).resolves.toEqual({ token: 'mocked' });
    },
  );

  it('read the user once for each parameter, cached or not', async () => {
    const get = await start();
    await get('/token');
    expect(userTokens).toBe(1);
    await get('/token');
    expect(userTokens).toBe(2);
  });
});
