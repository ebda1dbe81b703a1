import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const ATTEMPTS = 100;

/**
 * Runs `use` with a new Redis that writes no files.
 *
 * @returns the result of `use`, or `undefined` when redis-server is not installed
 */
export async function withRedis(use) {
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const isMissing = await Promise.race([
    once(server, 'error').then(() => true),
    listening(port).then(() => false),
  ]);
  if (isMissing) return undefined;
  try {
    return await use(`redis://127.0.0.1:${port}`);
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const socket = createConnection(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await pause(50);
  }
  throw new Error(`redis-server does not listen on port ${port}`);
}
