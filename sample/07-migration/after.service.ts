import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

/** Lists the channels of Slack with this module. */
@Injectable()
export class AfterService {
  constructor(private readonly connectors: ConnectorsService) {}

  async channels(): Promise<unknown> {
    const response = await this.connectors.fetch('slack', '/conversations.list');
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }
}
