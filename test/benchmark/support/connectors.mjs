import 'reflect-metadata';
import { createClient } from '@base44/sdk';
import { NestFactory } from '@nestjs/core';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';

export const APP_ID = '66f0c2a41d5e4b0012ab34cd';
export const SERVICE_TOKEN = 'service-token-of-the-benchmark';

/** Creates an application with these options and returns its service. */
export async function connectorsService(options) {
  const app = await NestFactory.createApplicationContext(
    ConnectorsModule.forRoot({
      appId: APP_ID,
      ...(options.client ? {} : { serviceToken: SERVICE_TOKEN }),
      ...options,
    }),
    { logger: ['error', 'warn'] },
  );
  return app.get(ConnectorsService);
}

/** Does the same with the official SDK. */
export function sdkConnectors(serverUrl) {
  const client = createClient({ appId: APP_ID, serviceToken: SERVICE_TOKEN, serverUrl });
  return client.asServiceRole.connectors;
}

/** The request of both, for clients that need its parts. */
export const SDK_HEADERS = {
  Accept: 'application/json',
  'Content-Type': 'application/json',
  'X-App-Id': APP_ID,
  Authorization: `Bearer ${SERVICE_TOKEN}`,
};
