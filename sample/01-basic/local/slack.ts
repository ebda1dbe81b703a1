import { startBearerServer } from './bearer-server.js';

/** A stand-in for the Slack Web API. */
export function startSlack(accessToken: string): Promise<string> {
  return startBearerServer(accessToken, {
    '/conversations.list': {
      ok: true,
      channels: [
        { id: 'C0000001', name: 'general' },
        { id: 'C0000002', name: 'releases' },
      ],
    },
  });
}
