import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { ConnectorsModule, ServiceRoleRequiredError } from 'nestjs-base44-connectors';
import { io } from 'socket.io-client';
import { closeAfterTest } from '../support/close-after-test.js';

@WebSocketGateway()
class FailingGateway {
  @SubscribeMessage('fail')
  fail() {
    throw new ServiceRoleRequiredError('There is no service token.');
  }
}

/** Returns the `exception` event that a client of the gateway receives. */
async function catchException(hideServerErrors: boolean): Promise<unknown> {
  const options = { appId: 'app1', serviceToken: 'service-token' };
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...options, exceptionFilter: { hideServerErrors } })],
    providers: [FailingGateway],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  const socket = io(await app.getUrl(), { transports: ['websocket'] });
  closeAfterTest(() => socket.close());
  return new Promise((resolve) => {
    socket.on('exception', resolve);
    socket.emit('fail');
  });
}

describe('A gateway', () => {
  it('sends the error of a handler', async () => {
    await expect(catchException(false)).resolves.toEqual({
      status: 'error',
      statusCode: 500,
      error: 'SERVICE_ROLE_REQUIRED',
      message: 'There is no service token.',
      retryable: false,
    });
  });

  it('hides the error with hideServerErrors', async () => {
    await expect(catchException(true)).resolves.toEqual({
      status: 'error',
      statusCode: 500,
      message: 'Internal Server Error',
      retryable: false,
    });
  });
});
