// google-calendar.client.ts
import { calendar } from '@googleapis/calendar';

export function createCalendar(fetch: typeof globalThis.fetch) {
  return calendar({ version: 'v3', fetchImplementation: fetch, retry: false });
}
