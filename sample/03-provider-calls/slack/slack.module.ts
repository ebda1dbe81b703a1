import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { SlackController } from './slack.controller.js';
import { SlackService } from './slack.service.js';

@Module({ controllers: [SlackController], providers: [SlackService] })
export class SlackModule {
  /** @param baseURL - of a stand-in; a real application leaves it out */
  static register(baseURL: string): DynamicModule {
    return {
      module: SlackModule,
      imports: [ConnectorsModule.forFeature([{ connector: 'slack', baseURL, retry: true }])],
    };
  }
}
