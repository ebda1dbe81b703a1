import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

/** Contains no code for tokens, because `fetch` attaches them and renews them after a 401. */
@Controller('calendar')
export class CalendarController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('events')
  async events(): Promise<{ events: string[] }> {
    const response = await this.connectors.fetch('googlecalendar', '/calendars/primary/events');
    if (!response.ok) {
      throw new BadGatewayException(`Google Calendar responded with status ${response.status}`);
    }
    const { items } = (await response.json()) as { items: { summary: string }[] };
    return { events: items.map(({ summary }) => summary) };
  }
}
