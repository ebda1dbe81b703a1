import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { scenesPage, style } from './scenes.page.js';
import { type PlayedScene, ScenesService } from './scenes.service.js';

@Controller()
export class ScenesController {
  constructor(
    private readonly scenes: ScenesService,
    private readonly connectors: ConnectorsService,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; " +
      "frame-ancestors 'none'; base-uri 'none'",
  )
  @Header('Cache-Control', 'no-store')
  async page(): Promise<string> {
    return scenesPage(await this.scenes.play(), this.connectors.requirements());
  }

  @Get('scenes')
  @Header('Cache-Control', 'no-store')
  json(): Promise<PlayedScene[]> {
    return this.scenes.play();
  }

  @Get('page.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return style;
  }

  /** Browsers request an icon for every response that they show. */
  @Get('favicon.ico')
  @HttpCode(204)
  icon(): void {
    // There is none.
  }
}
