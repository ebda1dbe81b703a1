import { Controller, Get, Header, Redirect } from '@nestjs/common';
import { HtmlPage } from './html-page.decorator.js';
import { icon } from './page.icon.js';
import { script } from './page.script.js';
import { style } from './page.style.js';
import { signInPage } from './sign-in-page.js';

@Controller()
export class PageController {
  @Get()
  @Redirect('/calendar')
  home(): void {
    // The calendar is all there is.
  }

  @Get('sign-in')
  @HtmlPage()
  signIn(): string {
    return signInPage();
  }

  @Get('favicon.ico')
  @Header('Content-Type', 'image/svg+xml')
  icon(): string {
    return icon;
  }

  @Get('page.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return style;
  }

  @Get('page.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  script(): string {
    return script;
  }
}
