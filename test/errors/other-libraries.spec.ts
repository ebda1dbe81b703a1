import { type ArgumentsHost, type INestApplicationContext, Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Test } from '@nestjs/testing';
import {
  ConnectorNotConnectedError,
  ConnectorsExceptionFilter,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';

/** Handles messages of a library that is not part of Nest. */
@Injectable()
class OrdersHandler {
  constructor(private readonly connectors: ConnectorsService) {}

  paid() {
    return this.connectors.getAccessToken('slack');
  }
}

describe('An error in a handler of another library', () => {
  let app: INestApplicationContext;

  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsTestingModule.withTokens({})],
      providers: [OrdersHandler],
    }).compile();
    app = module.createNestApplication({ logger: false });
    closeAfterTest(() => app.close());
    await app.init();
  });

  /** Connects the handler as libraries do. Without a type, Nest takes it for a handler of HTTP. */
  const connect = (contextType?: string): ((...args: unknown[]) => Promise<unknown>) => {
    const handler = app.get(OrdersHandler);
    return app
      .get(ExternalContextCreator)
      .create(
        handler,
        () => handler.paid(),
        'paid',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        contextType,
      );
  };

  it.each(['rmq', 'telegraf', 'a type of tomorrow', undefined])(
    'rejects in a context of type %s, so the message is not acknowledged',
    async (contextType) => {
      const handle = connect(contextType);
      const rawMessage = { content: Buffer.from('{}'), fields: {}, properties: {} };
      for (const args of [[], [{}], [{}, rawMessage], [{}, 'topic'], [null, null]]) {
        await expect(handle(...args)).rejects.toBeInstanceOf(ConnectorNotConnectedError);
      }
    },
  );
});

describe('An error in a gateway', () => {
  it('reaches sockets that have only a method to send', () => {
    const sent: string[] = [];
    const socket = { send: (text: string) => sent.push(text) };
    const host: ArgumentsHost = new ExecutionContextHost([socket, {}]);
    (host as ExecutionContextHost).setType('ws');
    const error = new ConnectorNotConnectedError({ appId: 'app1', connector: 'slack' });
    new ConnectorsExceptionFilter().catch(error, host);
    expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        event: 'exception',
        data: expect.objectContaining({ error: 'CONNECTOR_NOT_CONNECTED' }) as unknown,
      },
    ]);
  });
});
