import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { DigestService } from './digest.service.js';
import { SlackController } from './slack.controller.js';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({
      useFactory: () => ({
        appId: process.env.BASE44_APP_ID ?? '',
        serviceToken: process.env.BASE44_SERVICE_TOKEN,
        serverUrl: process.env.BASE44_URL,
      }),
    }),
  ],
  controllers: [SlackController],
  providers: [DigestService],
})
export class AppModule {}
