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
        broker: {
          url: config.getOrThrow<string>('BASE44_BROKER_URL'),
          secret: config.getOrThrow<string>('BASE44_BROKER_SECRET'),
        },
      }),
    }),
  ],
  controllers: [CalendarController],
})
export class AppModule {}
