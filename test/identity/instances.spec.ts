import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  type IncomingRequest,
  InjectConnectors,
} from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { settle } from '../support/async.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  getUserToken,
} from './ambient-identity.fixture.js';

const { appUserConnector } = CALENDAR;

const getUserTokenFrom = (service: ConnectorsService) => async () =>
  (await service.getCurrentAppUserConnection(appUserConnector)).accessToken;

@Injectable()
class BothService {
  constructor(
    @Inject(ConnectorsService) private readonly main: ConnectorsService,
    @InjectConnectors('crm') private readonly crm: ConnectorsService,
  ) {}

  async outcomes() {
    const outcomes = await Promise.all([this.main, this.crm].map(getUserTokenFrom).map(settle));
    return outcomes.map((outcome) =>
      'value' in outcome ? outcome.value : (outcome.error as { code: string }).code,
    );
  }
}

@Controller()
class HandlersController {
  constructor(@Inject(BothService) private readonly both: BothService) {}

  @Get('service')
  service() {
    return this.both.outcomes();
  }

  @Get('main')
  main(@ConnectorToken(CALENDAR) token: string) {
    return [token];
  }

  @Get('crm')
  crm(@ConnectorToken(CALENDAR, { instance: 'crm' }) token: string) {
    return [token];
  }
}

@Module({ controllers: [HandlersController], providers: [BothService] })
class HandlersModule {}

const readHeader =
  (name: string) =>
  ({ headers }: IncomingRequest) =>
    (headers as Credentials)[name];

type Finding = 'neither' | 'x-main' | 'x-crm';

/** Starts an application with two Base44 apps, each with one user. `found` names the header of their tokens. */
async function boot(found: { main?: Finding; crm?: Finding }) {
  const main = await startBase44(['anna']);
  const crm = await startBase44(['carla'], { appId: 'crm-app' });
  const request = (header: Finding | undefined) =>
    header === undefined ? {} : { request: { appUserToken: readHeader(header) } };
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(main.base44), ...request(found.main) }),
      ConnectorsModule.forRoot({ ...toOptions(crm.base44), ...request(found.crm), name: 'crm' }),
      HandlersModule,
    ],
  }).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const anna = main.users[0]!;
  const carla = crm.users[0]!;
  const get = async (path: string) => {
    const headers = { 'x-main': anna.token, 'x-crm': carla.token };
    return (await fetch(`${url}/${path}`, { headers })).json();
  };
  return { get, main: getUserToken(anna), crm: getUserToken(carla), base44: main.base44 };
}

describe('the identity of the caller with several instances', () => {
  it('each reads the user with its own function', async () => {
    const { get, main, crm } = await boot({ main: 'x-main', crm: 'x-crm' });
    await expect(get('service')).resolves.toEqual([main, crm]);
    await expect(get('main')).resolves.toEqual([main]);
    await expect(get('crm')).resolves.toEqual([crm]);
  });

  it.each([
    ['the default one', { main: 'x-main' as const }, 0],
    ['the named one', { crm: 'x-crm' as const }, 1],
  ])(
    'only %s reads the user from requests when the other has no option request',
    async (_, found, reading) => {
      const { get, main, crm } = await boot(found);
      const expected = ['APP_USER_REQUIRED', 'APP_USER_REQUIRED'];
      expected[reading] = [main, crm][reading]!;
      await expect(get('service')).resolves.toEqual(expected);
      await expect(get(reading === 0 ? 'crm' : 'main')).resolves.toMatchObject({ statusCode: 401 });
    },
  );

  it('one does not accept the user of the other', async () => {
    const { get, main } = await boot({ main: 'x-main', crm: 'x-main' });
    await expect(get('service')).resolves.toEqual([main, 'APP_USER_REQUIRED']);
  });
});
