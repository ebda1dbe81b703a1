import { Controller, Get } from '@nestjs/common';
import { SlackService } from './slack.service.js';

@Controller('slack')
export class SlackController {
  constructor(private readonly slack: SlackService) {}

  @Get('channels')
  channels(): Promise<unknown> {
    return this.slack.channels();
  }
}
