import { Controller, Get, Post } from '@nestjs/common';
import { SlackService } from './slack.service.js';

@Controller('slack')
export class SlackController {
  constructor(private readonly slack: SlackService) {}

  @Get('channels')
  async channels(): Promise<{ channels: string[] }> {
    return { channels: await this.slack.channels() };
  }

  @Post('messages')
  async post(): Promise<{ posted: boolean }> {
    await this.slack.post('The release is out.');
    return { posted: true };
  }
}
