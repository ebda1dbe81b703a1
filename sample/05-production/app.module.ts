import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';
import { ChannelsController } from './channels.controller.js';
import { HealthController } from './health.controller.js';
import { OperatorGuard } from './operator.guard.js';
import { SharedStore } from './shared-store.js';
import { SharedStoreModule } from './shared-store.module.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    TerminusModule,
    ConnectorsModule.forRootAsync({
      exceptionFilter: { hideServerErrors: true },
      statusRoutes: { path: 'ops/connectors', guards: [OperatorGuard] },
      imports: [SharedStoreModule],
      inject: [ConfigService, SharedStore],
      useFactory: (config: ConfigService, shared: SharedStore) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.get<string>('BASE44_API_URL'),
        cache: shared.options,
        verifyOnBootstrap: 'warn' as const,
      }),
    }),
    // Without the variable, the address in the catalogue applies.
    ConnectorsModule.forFeature([{ connector: 'slack', baseURL: process.env.SLACK_API_URL }]),
    ConnectorsOpenTelemetryModule.register(),
  ],
  controllers: [ChannelsController, HealthController],
})
export class AppModule {}
