import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ConnectorToken } from 'nestjs-base44-connectors';

const SLACK_API_URL = 'https://slack.com/api';

@Controller()
export class ChannelsController {
  constructor(private readonly config: ConfigService) {}

  @Get()
  async channels(@ConnectorToken('slack') token: string): Promise<unknown> {
    const baseUrl = this.config.get<string>('SLACK_API_URL', SLACK_API_URL);
    const response = await fetch(`${baseUrl}/conversations.list`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }
}
