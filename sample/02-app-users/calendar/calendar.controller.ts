import type { IncomingMessage } from 'node:http';
import { Controller, Get, Header, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';
import { calendarPage } from '../page/calendar-page.js';
import { HtmlPage } from '../page/html-page.decorator.js';
import { Sessions } from '../sessions/sessions.js';
import { SignedInGuard } from '../sessions/signed-in.guard.js';
import { ToSignInFilter } from '../sessions/to-sign-in.filter.js';
import { CALENDAR } from './calendar.constants.js';
import { type Digest, DigestService } from './digest.service.js';
import { GoogleCalendar } from './google-calendar.js';

@Controller('calendar')
@UseGuards(SignedInGuard)
export class CalendarController {
  constructor(
    private readonly sessions: Sessions,
    private readonly google: GoogleCalendar,
    private readonly digests: DigestService,
  ) {}

  /** The first way: the token of the signed-in user, as a parameter of the handler. */
  @Get()
  @HtmlPage()
  @UseFilters(ToSignInFilter)
  async page(
    @Req() request: IncomingMessage,
    @ConnectorToken({ appUserConnector: CALENDAR }, { optional: true }) token: string | null,
  ): Promise<string> {
    const { id, name } = this.sessions.requireUser(request);
    const events = token === null ? null : await this.google.events(token);
    return calendarPage({ id, name, events, connector: CALENDAR });
  }

  @Get('digest')
  @Header('Cache-Control', 'no-store')
  digest(): Promise<Digest> {
    return this.digests.today();
  }
}
