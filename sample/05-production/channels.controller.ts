import { Controller, Get } from '@nestjs/common';
import { ConnectorFetch } from 'nestjs-base44-connectors';

@Controller()
export class ChannelsController {
  @Get()
  async channels(@ConnectorFetch('slack') slack: typeof fetch): Promise<unknown> {
    const response = await slack('/conversations.list');
    return { process: process.pid, ...((await response.json()) as object) };
  }
}
