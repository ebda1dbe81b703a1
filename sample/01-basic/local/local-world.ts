import { startGoogleCalendar } from './google-calendar.js';
import { startLocalBase44 } from './local-base44.js';
import { startSlack } from './slack.js';

/**
 * Starts what the sample talks to when there is no Base44 app at hand.
 *
 * @returns the environment variables that lead to it
 */
export async function startLocalWorld(): Promise<Record<string, string>> {
  const base44 = await startLocalBase44({
    googlecalendar: 'ya29.local-google-token',
    slack: 'xoxb-local-slack-token',
  });
  return {
    BASE44_APP_ID: base44.appId,
    BASE44_SERVICE_TOKEN: base44.serviceToken,
    BASE44_SERVER_URL: base44.url,
    GOOGLE_CALENDAR_URL: await startGoogleCalendar('ya29.local-google-token'),
    SLACK_API_URL: await startSlack('xoxb-local-slack-token'),
  };
}
