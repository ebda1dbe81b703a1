import type { HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorFetch,
  ConnectorHttp,
  ConnectorsModule,
  ConnectorsService,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';
import { json } from './provider-calls.fixture.js';

@Controller()
class ChatController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('fetch')
  async fetch(@ConnectorFetch('slack') send: typeof fetch): Promise<unknown> {
    return (await send('/chat.postMessage')).json();
  }

  @Get('http')
  async http(@ConnectorHttp('slack') http: HttpService): Promise<unknown> {
    return (await firstValueFrom(http.get<unknown>('/chat.postMessage'))).data;
  }

  @Get('service')
  async service(): Promise<unknown> {
    return (await this.connectors.fetch('slack', '/chat.postMessage')).json();
  }
}

@Injectable()
class ChatService {
  constructor(@InjectConnectorHttp('slack') readonly http: HttpService) {}
}

it.each(['fetch', 'http', 'service'])(
  'A client learns the missing scope, the handlers and the remedy (%s)',
  async (path) => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.connect('slack');
    const slack = await startRecordingServer((_, response) => {
      json(response, 200, { ok: false, error: 'missing_scope', needed: 'chat:write' });
    });
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forFeature([{ connector: 'slack', baseURL: `${slack.url}/api` }]),
      ],
      controllers: [ChatController],
      providers: [ChatService],
    }).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');

    const response = await fetch(`${await app.getUrl()}/${path}`);

    expect(response.status).toBe(424);
    await expect(response.json()).resolves.toEqual({
      statusCode: 424,
      error: 'CONNECTOR_SCOPE_MISSING',
      message:
        "The access token of connector 'slack' in app 64b0c0ffee0000000000ba44 lacks the scope 'chat:write'. " +
        'The connector is required by ChatController.fetch, ChatController.http, ChatService. ' +
        'Add the scope to the connector under Integrations in the Base44 editor, and connect it again.',
      retryable: false,
      connector: 'slack',
    });
    await expect(app.get(ConnectorsService).status()).resolves.toMatchObject([
      { connector: 'slack', state: 'connected', lastErrorCode: 'CONNECTOR_SCOPE_MISSING' },
    ]);
  },
);
