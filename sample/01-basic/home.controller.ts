import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { page } from './home.page.js';

/** Lists the routes to try, with the code and the status of each. */
@Controller()
export class HomeController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }

  /** Browsers request an icon for every response that they show. */
  @Get('favicon.ico')
  @HttpCode(204)
  icon(): void {
    // There is none.
  }
}
