// agenda.service.ts
import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

const EVENTS = 'https://www.googleapis.com/calendar/v3/calendars/primary/events';

@Injectable()
export class AgendaService {
  constructor(private readonly connectors: ConnectorsService) {}

  // A singleton without a parameter for the user: it knows the user of the current request.
  async today() {
    const { accessToken } = await this.connectors.getCurrentAppUserConnection('66f0c2a41d');
    const response = await fetch(EVENTS, { headers: { Authorization: `Bearer ${accessToken}` } });
    if (!response.ok) throw new BadGatewayException(`Google responded with ${response.status}`);
    return response.json();
  }

  // Outside a request, name the user.
  async isConnectedFor(userToken: string) {
    const connectors = this.connectors.asAppUser(userToken);
    const { accessToken } = await connectors.getCurrentAppUserConnection('66f0c2a41d');
    return accessToken !== '';
  }
}
