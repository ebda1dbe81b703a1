import { createServer } from 'node:net';
import { openServer } from './open-server.js';

/** Returns a port that no process listens on at the moment. */
export async function findFreePort(): Promise<number> {
  const opened = await openServer(createServer());
  await opened.close();
  return opened.port;
}
