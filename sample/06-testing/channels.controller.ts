import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';

@Controller('channels')
export class ChannelsController {
  @Get()
  async channels(@ConnectorToken('slack') token: string) {
    const response = await fetch('https://slack.com/api/conversations.list', {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }
}
