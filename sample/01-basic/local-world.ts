import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';

const GOOGLE_TOKEN = 'ya29.local-google-token';
const SLACK_TOKEN = 'xoxb-local-slack-token';

/** The responses of the providers, by path and token. */
const RESPONSES: Readonly<Record<string, object>> = {
  [`/calendars/primary/events Bearer ${GOOGLE_TOKEN}`]: {
    items: [{ summary: 'Stand-up' }, { summary: 'Lunch with the connectors team' }],
  },
  [`/conversations.list Bearer ${SLACK_TOKEN}`]: {
    channels: [{ name: 'general' }, { name: 'releases' }],
  },
};

/**
 * Starts an emulator of Base44 and a stand-in for the providers.
 *
 * @returns the environment variables that lead the application to them
 */
export async function startLocalWorld(): Promise<Record<string, string>> {
  const base44 = await startBase44();
  const providersUrl = await startProviders();
  return {
    BASE44_APP_ID: base44.appId,
    BASE44_SERVICE_TOKEN: base44.serviceToken,
    BASE44_API_URL: base44.url,
    GOOGLE_CALENDAR_URL: providersUrl,
    SLACK_API_URL: providersUrl,
  };
}

async function startBase44(): Promise<Base44Emulator> {
  const base44 = await Base44Emulator.start();
  base44.connect('googlecalendar', { accessToken: GOOGLE_TOKEN });
  base44.connect('slack', { accessToken: SLACK_TOKEN });
  base44.meter('x');
  base44.credits = 0;

  const times = Infinity;
  const rateLimited = faults.status(429, { headers: { 'Retry-After': '30' } });
  base44.fault({ match: 'github', respond: rateLimited, times });
  base44.fault({ match: 'hubspot', respond: faults.status(503), times });
  base44.fault({ match: 'linkedin', respond: faults.html(), times });
  base44.fault({ match: 'dropbox', respond: faults.status(401), times });
  return base44;
}

/** Rejects every request without the right token. */
async function startProviders(): Promise<string> {
  const server = createServer(({ url = '', headers }, response) => {
    const body = RESPONSES[`${url} ${headers.authorization ?? ''}`];
    response.writeHead(body ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'invalid_token' }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
