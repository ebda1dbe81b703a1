// announcements.controller.ts
import { Controller, Post } from '@nestjs/common';
import { WebClient } from '@slack/web-api';
import { ConnectorFetch } from 'nestjs-base44-connectors';

@Controller('announcements')
export class AnnouncementsController {
  // A client for this request. In a service: fetch: this.connectors.fetchFor('slack').
  @Post()
  async announce(@ConnectorFetch('slack') slackFetch: typeof fetch) {
    const slack = new WebClient(undefined, { fetch: slackFetch });
    const { ok } = await slack.chat.postMessage({ channel: '#general', text: 'Lunch!' });
    return { ok };
  }
}
