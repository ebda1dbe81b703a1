import { Controller, Get, Header } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { landingPage } from './landing-page.js';

@Controller()
export class LandingController {
  constructor(private readonly config: ConfigService) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return landingPage({
      appId: this.config.getOrThrow<string>('BASE44_APP_ID'),
      isLocal: this.config.get('SAMPLE_MODE') === 'local',
    });
  }
}
