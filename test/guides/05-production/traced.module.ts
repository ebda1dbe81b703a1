// traced.module.ts
import { Module } from '@nestjs/common';
import { ConnectorsModule, connectorsOptionsFromEnv } from 'nestjs-base44-connectors';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({ useFactory: () => connectorsOptionsFromEnv() }),
    ConnectorsOpenTelemetryModule.register(),
  ],
})
export class TracedModule {}
