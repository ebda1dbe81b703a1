import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { page, style } from './page.js';
import { script } from './page.script.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** Serves one page, which shows what the JSON routes return. */
@Controller()
export class PageController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  @Header('Referrer-Policy', 'same-origin')
  @Header('Cache-Control', 'no-store')
  page(): string {
    return page;
  }

  @Get('page.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  script(): string {
    return script;
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
