// digest.service.ts
import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class DigestService {
  constructor(private readonly connectors: ConnectorsService) {}

  async channels() {
    const { accessToken } = await this.connectors.getConnection('slack');
    const response = await fetch('https://slack.com/api/conversations.list', {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }
}
