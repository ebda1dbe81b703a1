import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import {
  ConnectorsModule,
  type IncomingRequest,
  type MicroserviceMessage,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { findFreePort } from '../support/free-port.js';
import { toOptions } from '../support/to-options.js';
import {
  type Credentials,
  DeepModule,
  getUserToken,
  Handlers,
  readUserToken,
  startBase44,
  toCredentials,
} from './ambient-identity.fixture.js';
import { type Asked, bootGateway, connectWs, toAnswer, ws } from './websocket.fixture.js';

const instances = new Set<object>();

@Injectable({ scope: Scope.REQUEST })
class Request {}

@Controller()
class ScopedController extends Handlers {
  constructor(
    service: Handlers['service'],
    readonly request: Request,
  ) {
    super(service);
    instances.add(this);
  }

  @MessagePattern('token')
  @Get()
  token() {
    return this.service.token();
  }
}

describe('A singleton service acts for the user', () => {
  it('below request-scoped handlers of messages and routes', async () => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    const appUserToken = (request: IncomingRequest): string | undefined =>
      'headers' in request
        ? readUserToken(request)
        : ((request as MicroserviceMessage).data as Credentials)['x-user'];
    const port = await findFreePort();
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({ ...toOptions(base44), request: { appUserToken } }),
        { module: DeepModule, global: true },
      ],
      controllers: [ScopedController],
      providers: [Request],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    const options = {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    } as const;
    app.connectMicroservice(options);
    closeAfterTest(() => app.close());
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    const client = ClientProxyFactory.create(options);
    closeAfterTest(() => {
      client.close();
    });
    instances.clear();
    for (const user of users) {
      const answer = client.send<string>('token', toCredentials(user));
      await expect(firstValueFrom(answer)).resolves.toBe(getUserToken(user));
      const response = await fetch(await app.getUrl(), { headers: toCredentials(user) });
      await expect(response.text()).resolves.toBe(getUserToken(user));
    }
    expect(instances.size).toBe(4);
  });

  it('below a request-scoped gateway', async () => {
    @WebSocketGateway()
    class ScopedGateway extends Handlers {
      constructor(
        service: Handlers['service'],
        readonly request: Request,
      ) {
        super(service);
      }

      @SubscribeMessage('token')
      async token(@MessageBody() asked: Asked) {
        return toAnswer(asked, { token: await this.service.token() });
      }
    }
    const { users, url } = await bootGateway(ScopedGateway, ws, [Request]);
    for (const user of users) {
      const ask = await connectWs(url, toCredentials(user));
      await expect(ask('token')).resolves.toEqual({ token: getUserToken(user) });
    }
  });
});
