import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';
import { SignedInGuard } from '../sessions/signed-in.guard.js';
import { CALENDAR } from './calendar.constants.js';
import { type Digest, DigestService } from './digest.service.js';
import { type CalendarEvent, GoogleCalendar } from './google-calendar.js';

@Controller('calendar')
@UseGuards(SignedInGuard)
export class CalendarController {
  constructor(
    private readonly google: GoogleCalendar,
    private readonly digests: DigestService,
  ) {}

  /** Gets the token of the signed-in user as a parameter; `null` means not connected. */
  @Get()
  @Header('Cache-Control', 'no-store')
  async events(
    @ConnectorToken({ appUserConnector: CALENDAR }, { optional: true }) token: string | null,
  ): Promise<{ connected: boolean; events: CalendarEvent[] }> {
    if (token === null) return { connected: false, events: [] };
    return { connected: true, events: await this.google.events(token) };
  }

  @Get('digest')
  @Header('Cache-Control', 'no-store')
  digest(): Promise<Digest> {
    return this.digests.today();
  }
}
