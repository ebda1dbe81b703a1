import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar/calendar.controller.js';
import { DigestService } from './calendar/digest.service.js';
import { GoogleCalendar } from './calendar/google-calendar.js';
import { LocalWorld } from './local/local-world.js';
import { LocalWorldModule } from './local/local-world.module.js';
import { PageController } from './page/page.controller.js';
import { SameOriginGuard } from './sessions/same-origin.guard.js';
import { SessionController } from './sessions/session.controller.js';
import { Sessions } from './sessions/sessions.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignedInGuard } from './sessions/signed-in.guard.js';

@Module({
  imports: [
    LocalWorldModule,
    SessionsModule,
    ConnectorsModule.forRootAsync({
      imports: [LocalWorldModule, SessionsModule],
      inject: [LocalWorld, Sessions],
      useFactory: (world: LocalWorld, sessions: Sessions) => ({
        appId: world.appId,
        serviceToken: world.serviceToken,
        serverUrl: world.serverUrl,
        request: { appUserToken: (request) => sessions.userOf(request)?.base44Token },
      }),
      // GET /connectors/:connectorId, GET /connectors/:connectorId/connect, DELETE /connectors/:connectorId
      appUserRoutes: { path: 'connectors', guards: [SignedInGuard] },
    }),
  ],
  controllers: [PageController, SessionController, CalendarController],
  providers: [GoogleCalendar, DigestService, { provide: APP_GUARD, useClass: SameOriginGuard }],
})
export class AppModule {}
