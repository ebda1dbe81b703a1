import { createClient } from '@base44/sdk';
import { createClient as createOldClient } from 'base44-sdk-0.8.4';
import { closeAfterTest } from './close-after-test.js';

interface Config {
  readonly serverUrl: string;
  readonly appId?: string;
  readonly serviceToken?: string;
  /** The token of the app user. */
  readonly token?: string;
}

/** The newest official SDK. It prints the errors that it throws, except in production. */
export function createOfficialClient(config: Config): ReturnType<typeof createClient> {
  process.env.NODE_ENV = 'production';
  const client = createClient({ appId: 'app1', analytics: { enabled: false }, ...config });
  closeAfterTest(() => {
    client.cleanup();
  });
  return client;
}

/** The official SDK 0.8.4 without the WebSocket that it opens at once. */
export function createOldOfficialClient(config: Config): ReturnType<typeof createOldClient> {
  process.env.NODE_ENV = 'production';
  const client = createOldClient({ appId: 'app1', ...config });
  client.cleanup();
  return client;
}
