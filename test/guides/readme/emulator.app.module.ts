// app.module.ts
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot(),
    ConnectorsModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.getOrThrow<string>('BASE44_API_URL'),
      }),
    }),
  ],
  controllers: [CalendarController],
})
export class AppModule {}
