import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Person } from './people.js';

/**
 * A stand-in for the Google Calendar API: who brings a token of somebody's calendar sees
 * the events of this person, and nobody else sees anything.
 */
export async function startGoogleCalendar(owners: ReadonlyMap<string, Person>): Promise<Server> {
  const server = createServer((request, response) => {
    const owner = owners.get(bearerIn(request.headers.authorization));
    const isFound = request.url === '/calendars/primary/events';
    const status = owner ? (isFound ? 200 : 404) : 401;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(owner && isFound ? calendarOf(owner) : { error: { status } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const bearerIn = (header = ''): string => /^Bearer (\S+)$/.exec(header)?.[1] ?? '';

function calendarOf({ name, events }: Person): object {
  const today = new Date().toISOString().slice(0, 10);
  return {
    kind: 'calendar#events',
    summary: name,
    items: events.map(([from, to, summary], index) => ({
      id: `event-${index + 1}`,
      summary,
      start: { dateTime: `${today}T${from}:00Z` },
      end: { dateTime: `${today}T${to}:00Z` },
    })),
  };
}
