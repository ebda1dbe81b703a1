import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  ConnectorToken,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';

/** An HTTP application whose handlers resolve connections of the caller. */
export interface HttpApp {
  /** Sends header lines unchanged, and returns the status and the body of the response. */
  ask(lines: readonly string[], path?: string): Promise<{ status: number; body: unknown }>;
}

export const ADAPTERS = {
  Express: (): ExpressAdapter => new ExpressAdapter(),
  Fastify: (): ExpressAdapter => new FastifyAdapter() as unknown as ExpressAdapter,
} as const;

export type AdapterName = keyof typeof ADAPTERS;

@Controller()
class HandlersController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('decorated')
  decorated(@ConnectorToken('slack') token: string) {
    return { token };
  }

  @Get('ambient')
  async ambient() {
    return { token: (await this.connectors.getConnection('slack')).accessToken };
  }
}

export async function httpApp(
  options: ConnectorsModuleOptions,
  adapter: AdapterName = 'Express',
): Promise<HttpApp> {
  @Module({ imports: [ConnectorsModule.forRoot(options)], controllers: [HandlersController] })
  class AppModule {}

  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app: INestApplication = module.createNestApplication(ADAPTERS[adapter]());
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  const port = Number(new URL(await app.getUrl()).port);
  return { ask: (lines, path = 'decorated') => exchange(port, path, lines) };
}

async function exchange(
  port: number,
  path: string,
  lines: readonly string[],
): Promise<{ status: number; body: unknown }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [`GET /${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines];
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  let text = '';
  for await (const chunk of socket.setEncoding('latin1') as AsyncIterable<string>) text += chunk;
  const body = /\{.*\}/s.exec(text)?.[0];
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]),
    body: body === undefined ? undefined : (JSON.parse(body) as unknown),
  };
}
