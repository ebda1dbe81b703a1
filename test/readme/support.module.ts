// support.module.ts
import { Module } from '@nestjs/common';
import { CONNECTORS, ConnectorsModule } from 'nestjs-base44-connectors';
import { SupportController } from './support.controller.js';
import { SupportService } from './support.service.js';

@Module({
  imports: [
    ConnectorsModule.forFeature([
      // Known: its address is in the catalogue.
      'slack',
      // Known, and waits for rate limits.
      { connector: 'github', retry: true },
      // A workspace's own connector; {subdomain} is filled from its connectionConfig.
      {
        connector: { workspaceConnector: '66f0c2a41d' },
        baseURL: 'https://{subdomain}.zendesk.com/api/v2',
      },
      // A user's own, of a known provider.
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
