import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { startLocalRedis } from './local-redis.js';

/**
 * Starts an emulator of Base44, a stand-in for Slack that needs the emulator's token, and Redis.
 *
 * @returns the environment variables that lead the application to them
 */
export async function startLocalWorld(): Promise<Record<string, string>> {
  const base44 = await Base44Emulator.start();
  const { accessToken } = base44.connect('slack');
  const slack = createServer(({ headers }, response) => {
    const ok = headers.authorization === `Bearer ${accessToken}`;
    const channels = ok ? [{ name: 'general' }, { name: 'releases' }] : [];
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ ok, channels }));
  });
  await once(slack.listen(0, '127.0.0.1'), 'listening');
  const password = randomBytes(9).toString('base64url');
  Logger.log(`The page /ops/connectors is for operator, password ${password}`, 'Sample');
  return {
    BASE44_APP_ID: base44.appId,
    BASE44_SERVICE_TOKEN: base44.serviceToken,
    BASE44_API_URL: base44.url,
    CONNECTORS_KEYS: process.env.CONNECTORS_KEYS ?? randomBytes(32).toString('base64'),
    OPERATOR_PASSWORD: password,
    ...(await startLocalRedis()),
    SLACK_API_URL: `http://127.0.0.1:${(slack.address() as AddressInfo).port}`,
  };
}
