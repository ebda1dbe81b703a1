import {
  createServer,
  type IncomingHttpHeaders,
  request as send,
  type RequestListener,
} from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  ConnectorToken,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { openTestServer } from '../support/open-server.js';

/** More than the largest input, so that a server of Node.js does not reject it. */
const ROOMY = { maxHeaderSize: 4_194_304 };

const UNITS = [
  '/',
  '\\',
  '../',
  'a',
  'a.',
  '1',
  '1 ',
  ' ',
  '=',
  ',',
  ':1',
  '{a',
  '%CC%81',
  '[{',
  '\u0301\u0323',
];

/** Texts that grow: each unit repeated, with and without an end that does not match. */
export const SHAPES = UNITS.flatMap((unit) =>
  ['', '!'].map((end) => ({
    name: `${JSON.stringify(unit)} repeated${end && ', then !'}`,
    create: (length: number) => unit.repeat(length / unit.length) + end,
  })),
);

@Controller()
class OutsideController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('token')
  token(@ConnectorToken('slack') token: string) {
    return { length: token.length };
  }

  @Get('call')
  async call() {
    return { status: (await this.connectors.fetch('zendesk', '/api')).status };
  }

  @Get('metered')
  metered() {
    return this.connectors.callApi('x', { path: '/2' });
  }
}

/** A response of Base44 that contains an outside text. */
export interface OutsideResponse {
  readonly status?: number;
  readonly headers?: IncomingHttpHeaders;
  readonly body: string;
}

interface WorldOptions extends Partial<ConnectorsModuleOptions> {
  readonly viaBroker?: boolean;
}

const REQUEST = { request: { base44Headers: true } };

/** An application, and a Base44 that responds as the test says. */
export class OutsideWorld {
  response: OutsideResponse = { body: '{"access_token":"token"}' };
  #url = '';

  /** @param viaBroker - whether the server is a broker instead of Base44 */
  static async start({ viaBroker = false, ...options }: WorldOptions = {}): Promise<OutsideWorld> {
    const world = new OutsideWorld();
    const base44 = await openTestServer(
      createServer(ROOMY, (request, response) => {
        request.resume();
        const { status = 200, headers = {}, body } = world.response;
        response.writeHead(status, headers).end(body);
      }),
    );
    const url = `${base44.url}/functions/connectors-broker`;
    const broker = { broker: { url, secret: 's'.repeat(32) } };
    await world.#boot({ serverUrl: base44.url, ...(viaBroker ? broker : REQUEST), ...options });
    return world;
  }

  /** Sends a request and returns after the whole response. */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = send(this.#url + path, { headers, agent: false }, (response) => {
        response.resume().on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      });
      request.on('error', reject).end();
    });
  }

  async #boot(options: Partial<ConnectorsModuleOptions>): Promise<void> {
    @Module({
      imports: [
        ConnectorsModule.forRoot({
          appId: 'app1',
          cache: false,
          resilience: { retries: 0, breaker: false },
          ...options,
          ...(options.request && {
            appUserRoutes: { path: 'connectors', returnTo: ['/calendar'] },
          }),
        }),
        ConnectorsModule.forFeature([
          { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.example' },
        ]),
      ],
      controllers: [OutsideController],
    })
    class AppModule {}

    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const adapter = new ExpressAdapter();
    const app = module.createNestApplication(adapter);
    app.useLogger(false);
    await app.init();
    closeAfterTest(() => app.close());
    this.#url = (
      await openTestServer(createServer(ROOMY, adapter.getInstance<RequestListener>()))
    ).url;
  }
}

/** Returns the CPU time of some work, in milliseconds. Other processes do not change it. */
export async function measureCpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Returns whether a text can be sent in a header. */
export function isHeaderText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

export function toBase64Url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
