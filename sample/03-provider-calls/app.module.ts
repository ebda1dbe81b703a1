import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';
import { GitHubController } from './github.controller.js';
import { getOrigin, LocalWorld } from './local-world.js';
import { SlackController } from './slack.controller.js';
import { SlackService } from './slack.service.js';
import { ScenesController } from './scenes/scenes.controller.js';
import { ScenesService } from './scenes/scenes.service.js';

const world = await LocalWorld.start();

@Module({
  imports: [
    ConnectorsModule.forRoot({
      appId: world.base44.appId,
      serviceToken: world.base44.serviceToken,
      serverUrl: world.base44.url,
      // Logs at startup which of the connectors that decorators name are connected.
      verifyOnBootstrap: 'warn',
    }),
    // The addresses lead to stand-ins. An application that calls the real APIs omits them,
    // because the catalogue contains these connectors: forFeature(['slack']).
    ConnectorsModule.forFeature([
      { connector: 'googlecalendar', baseURL: `${getOrigin(world.google)}/calendar/v3` },
      { connector: 'slack', baseURL: `${getOrigin(world.slack)}/api`, retry: true },
      { connector: 'github', baseURL: getOrigin(world.github) },
    ]),
  ],
  controllers: [CalendarController, SlackController, GitHubController, ScenesController],
  providers: [SlackService, ScenesService, { provide: LocalWorld, useValue: world }],
})
export class AppModule {}
