import { Controller, Get } from '@nestjs/common';
import { CalendarService } from './calendar.service.js';

@Controller('calendar')
export class CalendarController {
  constructor(private readonly calendar: CalendarService) {}

  @Get('events')
  async events(): Promise<{ events: string[] }> {
    return { events: await this.calendar.events() };
  }
}
