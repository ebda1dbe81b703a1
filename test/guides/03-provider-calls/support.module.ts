// support.module.ts
import { Module } from '@nestjs/common';
import { CONNECTORS, ConnectorsModule } from 'nestjs-base44-connectors';
import { SupportController } from './support.controller.js';
import { SupportService } from './support.service.js';

@Module({
  imports: [
    ConnectorsModule.forFeature([
      // The catalogue contains its base URL.
      'slack',
      // Also retries after rate limits.
      { connector: 'github', retry: true },
      // A connector of the workspace. {subdomain} comes from its connectionConfig.
      {
        connector: { workspaceConnector: '66f0c2a41d' },
        baseURL: 'https://{subdomain}.zendesk.com/api/v2',
      },
      // A connector of users. The catalogue contains the base URL of its provider.
      {
        connector: { appUserConnector: '66f0c2a41e' },
        baseURL: CONNECTORS.googlecalendar.baseURL,
      },
    ]),
  ],
  controllers: [SupportController],
  providers: [SupportService],
})
export class SupportModule {}
