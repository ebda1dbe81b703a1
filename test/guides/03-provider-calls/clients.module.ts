// clients.module.ts
import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { createCalendar } from './google-calendar.client.js';
import { createOctokit } from './octokit.client.js';
import { ReleasesController } from './releases.controller.js';
import { ReleasesService } from './releases.service.js';
import { createSlack } from './slack.client.js';

@Module({
  imports: [
    ConnectorsModule.forFeature([
      { connector: 'slack', client: (fetch) => createSlack(fetch) },
      { connector: 'github', client: createOctokit },
      {
        connector: { appUserConnector: '66f0c2a41f' },
        baseURL: 'https://www.googleapis.com',
        client: createCalendar,
      },
    ]),
  ],
  controllers: [ReleasesController],
  providers: [ReleasesService],
})
export class ClientsModule {}
