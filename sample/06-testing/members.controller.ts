import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Controller('members')
export class MembersController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get()
  async members() {
    const response = await this.connectors.fetch('slack', '/users.list');
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }
}
