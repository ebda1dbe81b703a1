import { Controller, Get } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';

export class CalendarEvent {
  title!: string;
}

/** Compiled with the plugin of the Nest CLI, which documents the type of the response. */
@Controller('plugin')
export class PluginController {
  /** Lists the events. */
  @Get('events')
  events(@ConnectorToken('googlecalendar') token: string): CalendarEvent[] {
    return [{ title: token }];
  }
}
