// operations.module.ts
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectorsModule, connectorsOptionsFromEnv } from 'nestjs-base44-connectors';
import { HealthController } from './health.controller.js';
import { OperatorGuard } from './operator.guard.js';

@Module({
  imports: [
    TerminusModule,
    ConnectorsModule.forRootAsync({
      useFactory: () => connectorsOptionsFromEnv(),
      statusRoutes: { path: 'ops/connectors', guards: [OperatorGuard] },
    }),
  ],
  controllers: [HealthController],
})
export class OperationsModule {}
