import { Controller, Get, Header, Post, Redirect } from '@nestjs/common';
import { style } from '../page/page.style.js';
import { wayPage } from '../page/way-page.js';
import { type Way, WayService } from './way.service.js';

/** On the list of what the broker may hand out. */
const CONNECTOR = 'slack';
/** Connected in the Base44 app too, but not on the list. */
const OFF_THE_LIST = 'github';

const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'";

@Controller()
export class WayController {
  constructor(private readonly service: WayService) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  @Header('Cache-Control', 'no-store')
  async page(): Promise<string> {
    return wayPage(await this.ways());
  }

  /** The same as JSON. */
  @Get('ways')
  @Header('Cache-Control', 'no-store')
  async ways(): Promise<Way[]> {
    return [await this.service.to(CONNECTOR), await this.service.to(OFF_THE_LIST)];
  }

  @Post('forget')
  @Redirect('/', 303)
  async forget(): Promise<void> {
    await this.service.forget(CONNECTOR);
  }

  @Get('page.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return style;
  }
}
