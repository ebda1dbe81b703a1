import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarModule } from './calendar/calendar.module.js';
import { GitHubModule } from './github/github.module.js';
import type { LocalWorld } from './local/local-world.js';
import { LocalWorldModule } from './local/local-world.module.js';
import { SlackModule } from './slack/slack.module.js';
import { StoriesController } from './stories/stories.controller.js';
import { StoriesService } from './stories/stories.service.js';

@Module({ controllers: [StoriesController], providers: [StoriesService] })
export class AppModule {
  static register(world: LocalWorld): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LocalWorldModule.register(world),
        ConnectorsModule.forRoot({
          appId: world.appId,
          serviceToken: world.serviceToken,
          serverUrl: world.serverUrl,
          // Says at the start which of the connectors that decorators name are connected.
          verifyOnBootstrap: 'warn',
        }),
        // A real application gives no addresses: slack, github and googlecalendar are in the catalogue.
        CalendarModule.register(`${world.google.origin}/calendar/v3`),
        SlackModule.register(`${world.slack.origin}/api`),
        GitHubModule.register(world.github.origin),
      ],
    };
  }
}
