// app.module.ts
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';
import { DigestService } from './digest.service.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
      }),
    }),
  ],
  controllers: [CalendarController],
  providers: [DigestService],
})
export class AppModule {}
