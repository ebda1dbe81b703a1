// digest.service.ts
import { Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class DigestService {
  constructor(private readonly connectors: ConnectorsService) {}

  async send(text: string) {
    const { access_token } = await this.connectors.getAccessToken('slack');
    const response = await fetch('https://slack.com/api/chat.postMessage', {
      method: 'POST',
      headers: { Authorization: `Bearer ${access_token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ channel: '#digest', text }),
    });
    return response.ok;
  }
}
