import { startBearerServer } from './bearer-server.js';

/** A stand-in for the Google Calendar API. */
export function startGoogleCalendar(accessToken: string): Promise<string> {
  return startBearerServer(accessToken, {
    '/calendars/primary/events': {
      kind: 'calendar#events',
      summary: 'primary',
      items: [
        {
          id: 'event-1',
          summary: 'Stand-up',
          start: { dateTime: '2026-11-23T09:30:00Z' },
          end: { dateTime: '2026-11-23T09:45:00Z' },
        },
        {
          id: 'event-2',
          summary: 'Lunch with the connectors team',
          start: { dateTime: '2026-11-23T12:00:00Z' },
          end: { dateTime: '2026-11-23T13:00:00Z' },
        },
      ],
    },
  });
}
