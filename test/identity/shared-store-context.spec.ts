import { randomBytes } from 'node:crypto';
import { Controller, Get, Inject } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  ConnectorsService,
  type ConnectorsStore,
} from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { catchError } from '../support/async.js';
import {
  CALENDAR,
  getUserToken,
  readUserToken,
  startBase44,
  toCredentials,
} from './ambient-identity.fixture.js';

const { appUserConnector } = CALENDAR;

/** A store that connects on its first call, as clients of Redis do. Its connection then emits events. */
class ConnectingStore implements ConnectorsStore {
  readonly #values = new Map<string, string>();
  onEvent: () => void = () => undefined;
  #connection: Promise<void> | undefined;

  get connected(): Promise<void> | undefined {
    return this.#connection;
  }

  #connect(): void {
    this.#connection ??= new Promise((resolve) => {
      setTimeout(() => {
        this.onEvent();
        resolve();
      }, 1);
    });
  }

  get(key: string) {
    this.#connect();
    return Promise.resolve(this.#values.get(key));
  }

  set(key: string, value: string) {
    this.#connect();
    return Promise.resolve(this.#values.set(key, value));
  }

  delete(key: string) {
    this.#connect();
    return Promise.resolve(this.#values.delete(key));
  }
}

@Controller()
class TokenController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  @Get('token')
  async token(): Promise<string> {
    return (await this.connectors.getCurrentAppUserConnection(appUserConnector)).accessToken;
  }

  @Get('invalidate')
  async invalidate(): Promise<void> {
    await this.connectors.invalidate('slack');
  }
}

it.each(['token', 'invalidate'])(
  'A shared store that connects within a request acts for nobody: %s',
  async (route) => {
    const { base44, users } = await startBase44(['anna']);
    const store = new ConnectingStore();
    const cache = { store, encryptionKeys: [randomBytes(32).toString('base64')] };
    const request = { appUserToken: readUserToken };
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), cache, request })],
      controllers: [TokenController],
    }).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const connectors = app.get(ConnectorsService);
    let fromStore: Promise<Error> | undefined;
    store.onEvent = () => {
      fromStore = catchError(connectors.getCurrentAppUserConnection(appUserConnector));
    };
    const response = await fetch(`${await app.getUrl()}/${route}`, {
      headers: toCredentials(users[0]!),
    });
    expect(await response.text()).toBe(route === 'token' ? getUserToken(users[0]!) : '');
    await store.connected;
    await expect(fromStore).resolves.toMatchObject({ code: 'APP_USER_REQUIRED' });
  },
);
