// app-users.module.ts
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { AgendaController } from './agenda.controller.js';
import { AgendaService } from './agenda.service.js';
import { SessionGuard, type SignedInRequest } from './session.guard.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        request: { appUserToken: (request: SignedInRequest) => request.user?.base44Token },
      }),
      appUserRoutes: { path: 'accounts', guards: [SessionGuard], returnTo: ['/agenda'] },
    }),
  ],
  controllers: [AgendaController],
  providers: [AgendaService],
})
export class AppUsersModule {}
