import 'reflect-metadata';
import { once } from 'node:events';
import KeyvRedis from '@keyv/redis';
import { NestFactory } from '@nestjs/core';
import { Keyv } from 'keyv';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import type { Outcome, Task } from './run-application.js';

/** Nothing ends this process but its having nothing left to do, or a fault. */
const task = JSON.parse(process.argv[2] ?? '') as Task;
const redis = new KeyvRedis<string>(task.redisUrl);
const { encryptionKey, ...base44 } = task.options;
const module = ConnectorsModule.forRoot({
  ...base44,
  cache: { store: new Keyv(redis), encryptionKeys: [encryptionKey], ttlMs: task.ttlMs },
});
const app = await NestFactory.createApplicationContext(module, { logger: ['warn'] });
const connectors = app.get(ConnectorsService);

let outcome: Outcome = { resolved: 0, failed: 0, closedInMs: 0 };
const resolveOne = async (): Promise<void> => {
  const isResolved = await connectors.getConnection('slack').then(
    () => true,
    () => false,
  );
  const { resolved, failed } = outcome;
  outcome = {
    ...outcome,
    resolved: resolved + Number(isResolved),
    failed: failed + Number(!isResolved),
  };
};

if (task.isClosedMeanwhile) {
  // Its connection to Redis stands when the fault comes.
  await connectors.getConnection('slack');
  await connectors.invalidate();
}
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
if (task.durationMs === 0) {
  const resolving = Array.from({ length: 1_000 }, resolveOne);
  if (!task.isClosedMeanwhile) await Promise.all(resolving);
} else {
  const endMs = performance.now() + task.durationMs;
  while (performance.now() < endMs) {
    await resolveOne();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const closedAtMs = performance.now();
await app.close();
outcome = { ...outcome, closedInMs: performance.now() - closedAtMs };
// What hangs cannot be waited for.
await redis.disconnect(task.isClosedMeanwhile);
process.on('exit', () => {
  console.log(JSON.stringify(outcome));
});
