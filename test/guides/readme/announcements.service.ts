// announcements.service.ts
import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class AnnouncementsService {
  constructor(private readonly connectors: ConnectorsService) {}

  async announce(text: string) {
    const response = await this.connectors.fetch('slack', '/chat.postMessage', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ channel: '#general', text }),
    });
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    // Slack also responds with 200 when it rejects a message.
    const { ok, error } = (await response.json()) as { ok: boolean; error?: string };
    if (!ok) throw new BadGatewayException(`Slack rejected the message: ${error}`);
  }
}
