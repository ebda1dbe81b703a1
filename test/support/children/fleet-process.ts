import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import { NestFactory } from '@nestjs/core';
import { Keyv } from 'keyv';
import {
  ConnectorsModule,
  type ConnectorsLease,
  ConnectorsService,
  createRedisLease,
} from 'nestjs-base44-connectors';
import type { FleetCommand, FleetTask } from '../../shared-store/fleet-process.js';

/** A process with two applications, without a lease and with one. It runs commands of its parent. */
const { redisUrl, encryptionKey, ttlMs, ...options } = JSON.parse(process.argv[2]!) as FleetTask;
const redis = new KeyvRedis<string>(redisUrl);
const store = new Keyv(redis);

async function boot(lease?: ConnectorsLease) {
  const encryptionKeys = [encryptionKey];
  const cache = { store, encryptionKeys, lease, storeDeadlineMs: 60_000, ttlMs };
  const module = ConnectorsModule.forRoot({ ...options, cache });
  return NestFactory.createApplicationContext(module, { logger: ['warn'] });
}

const apps = [await boot(), await boot(createRedisLease(redis.client))];
const [alone, leasing] = apps.map((app) => app.get(ConnectorsService));

async function run({ connectors, hasLease, forMs }: FleetCommand): Promise<string> {
  const service = hasLease ? leasing! : alone!;
  const endMs = performance.now() + forMs;
  let token = '';
  do {
    for (const connector of connectors)
      token = (await service.getConnection(connector)).accessToken;
    await sleep(5);
  } while (performance.now() < endMs);
  return token;
}

async function close(): Promise<void> {
  await Promise.all(apps.map((app) => app.close()));
  await redis.disconnect();
  process.send?.('closed');
  process.disconnect();
}

process.on('message', (command: FleetCommand | 'close') => {
  if (command === 'close') void close();
  else void run(command).then((token) => process.send?.(token));
});
await redis.getClient();
process.send?.('ready');
