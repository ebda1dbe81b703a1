import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

/** Nothing here is about tokens: those that are refused are renewed below `fetch`. */
@Injectable()
export class CalendarService {
  constructor(private readonly connectors: ConnectorsService) {}

  async events(): Promise<string[]> {
    const response = await this.connectors.fetch('googlecalendar', '/calendars/primary/events');
    if (!response.ok) {
      throw new BadGatewayException(`Google Calendar answered with status ${response.status}`);
    }
    const { items } = (await response.json()) as { items: { summary: string }[] };
    return items.map(({ summary }) => summary);
  }
}
