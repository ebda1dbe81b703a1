// app.module.ts
import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({
      useFactory: () => ({
        appId: process.env.BASE44_APP_ID!,
        serverUrl: process.env.BASE44_API_URL, // https://base44.app by default
        request: { base44Headers: true },
      }),
    }),
  ],
  controllers: [CalendarController],
})
export class AppModule {}
