// app.module.ts
import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';
import { DigestService } from './digest.service.js';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({
      useFactory: () => ({
        appId: process.env.BASE44_APP_ID!,
        serviceToken: process.env.BASE44_SERVICE_TOKEN,
      }),
    }),
  ],
  controllers: [CalendarController],
  providers: [DigestService],
})
export class AppModule {}
