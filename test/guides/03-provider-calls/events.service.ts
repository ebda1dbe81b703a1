// events.service.ts
import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class EventsService {
  constructor(private readonly connectors: ConnectorsService) {}

  async list() {
    const response = await this.connectors.fetch('googlecalendar', '/calendars/primary/events');
    if (!response.ok) throw new BadGatewayException(`Google responded with ${response.status}`);
    return response.json();
  }
}
