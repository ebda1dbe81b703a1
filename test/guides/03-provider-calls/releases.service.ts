// releases.service.ts
import { Injectable } from '@nestjs/common';
import type { WebClient } from '@slack/web-api';
import { InjectConnectorClient } from 'nestjs-base44-connectors';

@Injectable()
export class ReleasesService {
  // In a service, it acts for the app.
  constructor(@InjectConnectorClient('slack') private readonly slack: WebClient) {}

  async announce() {
    const { ok } = await this.slack.chat.postMessage({ channel: '#releases', text: 'It is out.' });
    return { ok };
  }
}
