// agenda.service.ts
import { Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

const EVENTS = 'https://www.googleapis.com/calendar/v3/calendars/primary/events';

@Injectable()
export class AgendaService {
  constructor(private readonly connectors: ConnectorsService) {}

  // A singleton, and nobody told it who is asking: it knows the user of the current request.
  async today() {
    const { accessToken } = await this.connectors.getCurrentAppUserConnection('66f0c2a41d');
    const response = await fetch(EVENTS, { headers: { Authorization: `Bearer ${accessToken}` } });
    return response.json();
  }

  // A job has no request, so it says whom it acts for.
  async connectedFor(base44Token: string) {
    const user = this.connectors.asAppUser(base44Token);
    return (await user.getCurrentAppUserConnection('66f0c2a41d')).accessToken !== '';
  }
}
