import { Controller, Get, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { AfterService } from './after.service.js';
import { BeforeService } from './before.service.js';

@Controller()
export class ChannelsController {
  constructor(
    private readonly before: BeforeService,
    private readonly after: AfterService,
  ) {}

  @Get('before')
  channelsBefore(): Promise<unknown> {
    return this.before.channels();
  }

  @Get('after')
  channelsAfter(): Promise<unknown> {
    return this.after.channels();
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.getOrThrow<string>('BASE44_API_URL'),
      }),
    }),
    // An application that calls the real Slack omits the base URL.
    ConnectorsModule.forFeature([
      { connector: 'slack', baseURL: process.env.SLACK_API_URL ?? 'https://slack.com/api' },
    ]),
  ],
  controllers: [ChannelsController],
  providers: [BeforeService, AfterService],
})
export class AppModule {}
