import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ConnectorToken } from 'nestjs-base44-connectors';

const GOOGLE_CALENDAR_URL = 'https://www.googleapis.com/calendar/v3';

/** Gets the token of a connector as a parameter of the handler. */
@Controller('calendar')
export class CalendarController {
  constructor(private readonly config: ConfigService) {}

  @Get('events')
  async events(@ConnectorToken('googlecalendar') token: string): Promise<unknown> {
    const baseUrl = this.config.get<string>('GOOGLE_CALENDAR_URL', GOOGLE_CALENDAR_URL);
    const response = await fetch(`${baseUrl}/calendars/primary/events`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) {
      throw new BadGatewayException(`Google Calendar responded with status ${response.status}`);
    }
    return response.json();
  }
}
