import { BadGatewayException, Injectable } from '@nestjs/common';
import { LocalWorld } from '../local-world.js';

export interface CalendarEvent {
  readonly summary: string;
}

@Injectable()
export class GoogleCalendar {
  constructor(private readonly world: LocalWorld) {}

  async events(accessToken: string): Promise<CalendarEvent[]> {
    const response = await fetch(`${this.world.calendarUrl}/calendars/primary/events`, {
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    if (!response.ok) {
      throw new BadGatewayException(`Google Calendar responded with status ${response.status}`);
    }
    const { items } = (await response.json()) as { items: CalendarEvent[] };
    return items;
  }
}
