import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar/calendar.controller.js';
import { DigestService } from './calendar/digest.service.js';
import { GoogleCalendar } from './calendar/google-calendar.js';
import { LocalWorld, LocalWorldModule } from './local-world.js';
import { PageController } from './page/page.controller.js';
import { SameOriginGuard } from './sessions/same-origin.guard.js';
import { Sessions } from './sessions/sessions.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignedInGuard } from './sessions/signed-in.guard.js';

@Module({
  imports: [
    LocalWorldModule,
    SessionsModule,
    ConnectorsModule.forRootAsync({
      imports: [SessionsModule],
      inject: [LocalWorld, Sessions],
      useFactory: ({ base44 }: LocalWorld, sessions: Sessions) => ({
        appId: base44.appId,
        serviceToken: base44.serviceToken,
        serverUrl: base44.url,
        request: { appUserToken: (request) => sessions.find(request)?.base44Token },
      }),
      // GET /connectors/:connectorId, GET /connectors/:connectorId/connect, DELETE /connectors/:connectorId
      appUserRoutes: { path: 'connectors', guards: [SignedInGuard] },
    }),
  ],
  controllers: [PageController, CalendarController],
  providers: [GoogleCalendar, DigestService, { provide: APP_GUARD, useClass: SameOriginGuard }],
})
export class AppModule {}
