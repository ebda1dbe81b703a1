import { randomBytes } from 'node:crypto';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { BrokerFunction } from './broker-function.js';
import { FunctionsHost } from './functions-host.js';
import { type Step, Trace } from './trace.js';

/** Base44 on this machine: an emulator, and the app's broker function behind a stand-in for its hosting. */
export class LocalWorld implements OnApplicationShutdown {
  private constructor(
    readonly appId: string,
    readonly brokerUrl: string,
    readonly brokerSecret: string,
    private readonly trace: Trace,
    private readonly parts: readonly { close(): void | Promise<void> }[],
  ) {}

  static async start(): Promise<LocalWorld> {
    const base44 = await Base44Emulator.start();
    const { accessToken } = base44.connect('slack');
    base44.connect('github');

    const brokerSecret = randomBytes(32).toString('base64url');
    const broker = await BrokerFunction.start({
      CONNECTORS_BROKER_SECRET: brokerSecret,
      CONNECTORS_BROKER_ALLOW: 'slack',
    });

    const { serviceToken } = base44;
    const trace = new Trace({
      'service token': serviceToken,
      'access token': accessToken,
      'broker secret': brokerSecret,
    });
    const host = await FunctionsHost.start({
      origin: broker.origin,
      headers: {
        'base44-app-id': base44.appId,
        'base44-api-url': base44.url,
        'base44-service-authorization': `Bearer ${serviceToken}`,
      },
      onExchange: (exchange) => {
        trace.add(exchange, base44.requests);
        base44.clear();
      },
    });
    const brokerUrl = `${host.origin}/functions/connectors-broker`;
    return new LocalWorld(base44.appId, brokerUrl, brokerSecret, trace, [host, broker, base44]);
  }

  /** What has happened on the way to a connector's token since this was last asked. */
  takeSteps(connector: string): Step[] {
    return this.trace.take(connector);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const part of this.parts) await part.close();
  }
}
