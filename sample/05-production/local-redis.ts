import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';

/**
 * Starts `redis-server`, unless `REDIS_URL` names another one. If it is not installed, each process has a
 * cache of its own.
 */
export async function startLocalRedis(): Promise<Record<string, string>> {
  if (process.env.REDIS_URL !== undefined) return {};
  const port = String(await findFreePort());
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  process.once('exit', () => redis.kill());
  try {
    await once(redis.stdout, 'data');
    return { REDIS_URL: `redis://127.0.0.1:${port}` };
  } catch {
    Logger.warn('redis-server is not installed, so the processes share no cache.', 'Sample');
    return {};
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
