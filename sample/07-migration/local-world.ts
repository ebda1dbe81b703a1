import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';

/** An emulator of Base44, and a stand-in for Slack that needs the emulator's token. */
export class LocalWorld {
  private constructor(
    readonly base44: Base44Emulator,
    readonly slackUrl: string,
  ) {}

  static async start(): Promise<LocalWorld> {
    const base44 = await Base44Emulator.start();
    const { accessToken } = base44.connect('slack');
    const slack = createServer(({ headers }, response) => {
      const ok = headers.authorization === `Bearer ${accessToken}`;
      const channels = ok ? [{ name: 'general' }, { name: 'releases' }] : [];
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ ok, channels }));
    });
    await once(slack.listen(0, '127.0.0.1'), 'listening');
    const { port } = slack.address() as AddressInfo;
    return new LocalWorld(base44, `http://127.0.0.1:${port}`);
  }
}
