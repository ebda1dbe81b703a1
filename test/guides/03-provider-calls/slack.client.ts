// slack.client.ts
import { WebClient, type WebClientOptions } from '@slack/web-api';

export function createSlack(fetch: typeof globalThis.fetch, options?: WebClientOptions) {
  // The SDK's default retries any error for thirty minutes, even if Slack is not connected.
  return new WebClient(undefined, { fetch, retryConfig: { retries: 0 }, ...options });
}
