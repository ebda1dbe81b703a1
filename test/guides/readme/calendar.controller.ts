// calendar.controller.ts
import { BadGatewayException, Controller, Get } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';

const EVENTS = 'https://www.googleapis.com/calendar/v3/calendars/primary/events';

@Controller('calendar')
export class CalendarController {
  @Get('events')
  async events(@ConnectorToken('googlecalendar') token: string) {
    const response = await fetch(EVENTS, { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok) {
      throw new BadGatewayException(`Google Calendar responded with ${response.status}`);
    }
    return response.json();
  }
}
