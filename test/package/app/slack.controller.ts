import { Controller, Get } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';
import { DigestService } from './digest.service.js';

@Controller('slack')
export class SlackController {
  constructor(private readonly digest: DigestService) {}

  @Get('decorator')
  fromDecorator(@ConnectorToken('slack') token: string) {
    return { token };
  }

  @Get('service')
  async fromService() {
    return { token: await this.digest.token() };
  }
}
