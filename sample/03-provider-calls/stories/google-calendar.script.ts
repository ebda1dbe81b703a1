import type { Script } from './story.js';

const request = { method: 'GET', path: '/calendar/events' } as const;
const code = "connectors.fetch('googlecalendar', '/calendars/primary/events')";

export const googleCalendar: Script = {
  name: 'google-calendar',
  provider: 'Google Calendar',
  about: 'revokes tokens',
  lesson: 'A refused token is renewed. When there is no other one, an error says what to do.',
  scenes: ({ google, tokens }) => [
    {
      title: 'The token works',
      about: 'The module asks Base44 for the token, and keeps it.',
      request,
      code,
    },
    {
      title: 'Google has revoked it',
      about:
        'Base44 has a new token by now; the module still keeps the first one. It is told 401, ' +
        'forgets that token, asks Base44 again, and sends the request once more.',
      request,
      code,
      before: () => {
        google.revoke('first token');
        tokens.renew('googlecalendar', 'second token');
      },
    },
    {
      title: 'Base44 has no better one',
      about:
        'Google has revoked the second token, too, and Base44 still hands it out. There is no ' +
        'use in sending it again: the error says what is to be done.',
      request,
      code,
      before: () => {
        google.revoke('second token');
      },
    },
  ],
};
