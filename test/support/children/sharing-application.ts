import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import { NestFactory } from '@nestjs/core';
import { Keyv } from 'keyv';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import type { SharingTask } from '../../shared-store/processes.spec.js';

/** An application that shares a store. It exits when it has nothing left to do, without `process.exit`. */
const task = JSON.parse(process.argv[2]!) as SharingTask;
const { encryptionKey, ...base44 } = task.options;
const redis = new KeyvRedis<string>(task.redisUrl);
const app = await NestFactory.createApplicationContext(
  ConnectorsModule.forRoot({
    ...base44,
    cache: {
      store: new Keyv(redis),
      encryptionKeys: [encryptionKey],
      ttlMs: task.ttlMs,
      storeDeadlineMs: task.storeDeadlineMs,
    },
  }),
  { logger: ['warn'] },
);
const connectors = app.get(ConnectorsService);

let resolved = 0;
let failed = 0;
const resolveOne = (): Promise<void> =>
  connectors.getConnection('slack').then(
    () => void (resolved += 1),
    () => void (failed += 1),
  );

await redis.getClient();
if (task.closesInFlight) {
  // Uses Redis before the fault starts.
  await connectors.getConnection('slack');
  await connectors.invalidate();
}
process.send?.('ready');
await once(process, 'message');
let resolving: Promise<unknown> | undefined;
if (task.durationMs === 0) {
  resolving = Promise.all(Array.from({ length: 1_000 }, resolveOne));
  if (!task.closesInFlight) await resolving;
} else {
  const endMs = performance.now() + task.durationMs;
  while (performance.now() < endMs) {
    await resolveOne();
    await sleep(2);
  }
}
const closeAtMs = performance.now();
await app.close();
const closedInMs = performance.now() - closeAtMs;
await resolving;
// A Redis that hangs does not respond to a graceful disconnect.
await redis.disconnect(task.closesInFlight);
process.send?.({ resolved, failed, closedInMs });
