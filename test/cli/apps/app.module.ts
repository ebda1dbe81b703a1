import { Controller, Get, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import {
  ConnectorFetch,
  ConnectorsModule,
  ConnectorToken,
  connectorsOptionsFromEnv,
  getConnectorsToken,
} from 'nestjs-base44-connectors';

/** Keeps the process running, like a connection to a database that is opened when a file is loaded. */
setInterval(() => undefined, 60_000);

function create() {
  console.log('SIDE EFFECT of a factory');
  return connectorsOptionsFromEnv();
}

@Controller()
class CalendarController {
  constructor() {
    console.log('SIDE EFFECT of a controller');
  }

  @Get('events')
  events(@ConnectorToken('googlecalendar') token: string) {
    return token;
  }

  @Get('notes')
  notes(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return token;
  }

  @Get('tickets')
  tickets(@ConnectorToken({ workspaceConnector: '66f0c2a41d' }) token: string) {
    return token;
  }

  @Get('posts')
  async posts(@ConnectorFetch('x') x: typeof fetch) {
    return (await x('/2/tweets')).status;
  }

  @Get('deals')
  deals(@ConnectorToken('hubspot', { instance: 'crm' }) token: string) {
    return token;
  }
}

@Injectable()
class StartingService implements OnModuleInit {
  constructor() {
    console.log('SIDE EFFECT of a constructor');
  }

  onModuleInit() {
    console.log('SIDE EFFECT of a hook');
  }
}

/** Requires connectors of the default instance, and of the instance `crm`. */
@Module({
  imports: [
    ConnectorsModule.forRootAsync({ useFactory: create }),
    ConnectorsModule.forRoot({ appId: 'crm', serviceToken: 'svc_1', name: 'crm' }),
  ],
  controllers: [CalendarController],
  providers: [StartingService, { provide: 'CREATED', useFactory: create }],
})
export class AppModule {}

@Controller()
class MisspellingController {
  @Get('messages')
  messages(@ConnectorToken('slak') token: string) {
    return token;
  }

  @Get('warehouse')
  warehouse(@ConnectorToken('own_warehose') token: string) {
    return token;
  }
}

/** Requires connectors that no Base44 app has. */
@Module({
  imports: [ConnectorsModule.forRootAsync({ useFactory: connectorsOptionsFromEnv })],
  controllers: [MisspellingController],
})
export class MisspellingModule {}

/** A module that Nest cannot scan. */
@Module({
  providers: [{ provide: 'BROKEN', useFactory: create, inject: [getConnectorsToken()] }],
})
export class BrokenModule {}
