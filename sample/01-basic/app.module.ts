import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar/calendar.controller.js';
import { ErrorsController } from './errors/errors.controller.js';
import { LandingController } from './landing/landing.controller.js';
import { SlackController } from './slack/slack.controller.js';
import { SlackService } from './slack/slack.service.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.get<string>('BASE44_SERVER_URL'),
      }),
    }),
    // A second instance, to show what happens when there is no service token to act with.
    ConnectorsModule.forRootAsync({
      name: 'unconfigured',
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: () => '',
      }),
    }),
  ],
  controllers: [LandingController, CalendarController, SlackController, ErrorsController],
  providers: [SlackService],
})
export class AppModule {}
