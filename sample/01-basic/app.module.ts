import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';
import { ErrorsController } from './errors.controller.js';
import { HomeController } from './home.controller.js';
import { SlackController } from './slack.controller.js';
import { SlackService } from './slack.service.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.get<string>('BASE44_API_URL'),
      }),
    }),
    // A second instance shows the error of a missing service token.
    ConnectorsModule.forRootAsync({
      name: 'unconfigured',
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: () => '',
      }),
    }),
  ],
  controllers: [HomeController, CalendarController, SlackController, ErrorsController],
  providers: [SlackService],
})
export class AppModule {}
