import { Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { CALENDAR } from './calendar.constants.js';
import { GoogleCalendar } from './google-calendar.js';

export interface Digest {
  readonly events: number;
  readonly first: string | null;
}

/** Acts for the user of the current request, although it is a singleton and gets no request. */
@Injectable()
export class DigestService {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly google: GoogleCalendar,
  ) {}

  async today(): Promise<Digest> {
    const { accessToken } = await this.connectors.getCurrentAppUserConnection(CALENDAR);
    const events = await this.google.events(accessToken);
    return { events: events.length, first: events[0]?.summary ?? null };
  }
}
