import type { ServerResponse } from 'node:http';
import type { HttpService } from '@nestjs/axios';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  type ConnectorFeature,
  type ConnectorRef,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  getConnectorHttpToken,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { Clock } from '../../lib/common/clock.js';
import { SkippingClock } from '../support/clocks.js';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  getHeader,
  type RecordedRequest,
  startRecordingServer,
  type RecordingServer,
  type Responder,
} from '../support/recording-server.js';

/** A provider that responds with 401 to every token except the good ones. */
export class Provider {
  readonly good = new Set<string>();
  /** The body of a 401. */
  unauthorizedBody: object = { error: 'invalid_token' };
  /** Delays a 401. */
  beforeUnauthorized: (request: RecordedRequest) => Promise<unknown> | undefined = () => undefined;

  private constructor(readonly server: RecordingServer) {}

  /** @param respond - responds to requests with a good token */
  static async start(respond: Responder = echo): Promise<Provider> {
    const provider: Provider = new Provider(
      await startRecordingServer((request, response) => {
        if (provider.good.has(getSentToken(request) ?? '')) respond(request, response);
        else void provider.#refuse(request, response);
      }),
    );
    return provider;
  }

  async #refuse(request: RecordedRequest, response: ServerResponse): Promise<void> {
    await this.beforeUnauthorized(request);
    json(response, 401, this.unauthorizedBody);
  }

  get url(): string {
    return this.server.url;
  }

  get requests(): RecordedRequest[] {
    return this.server.requests;
  }

  /** The tokens of all requests in their order. */
  get tokens(): (string | undefined)[] {
    return this.requests.map(getSentToken);
  }
}

/** An application, its Base44, and one provider of the connector `'crm'`. */
export interface ProviderCalls {
  readonly base44: Base44Emulator;
  readonly provider: Provider;
  readonly module: TestingModule;
  readonly connectors: ConnectorsService;
  readonly http: HttpService;
  readonly clock: SkippingClock;
}

export interface ProviderCallsOptions {
  readonly respond?: Responder | undefined;
  readonly options?: Partial<ConnectorsModuleOptions> | undefined;
  /** Overrides the base URL `{provider}/v1` and other settings. */
  readonly feature?: ((provider: Provider) => Partial<ConnectorFeature>) | undefined;
  readonly connector?: ConnectorRef | undefined;
}

export async function providerCalls({
  respond,
  options,
  feature,
  connector = 'crm',
}: ProviderCallsOptions = {}): Promise<ProviderCalls> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  const provider = await Provider.start(respond);
  if (typeof connector === 'string')
    base44.connect(connector, { accessToken: goodToken(provider) });
  const clock = new SkippingClock();
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(base44), ...options }),
      ConnectorsModule.forFeature([
        { connector, baseURL: `${provider.url}/v1`, ...feature?.(provider) },
      ]),
    ],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  await module.init();
  closeAfterTest(() => module.close());
  const http = module.get<HttpService>(getConnectorHttpToken(connector), { strict: false });
  return { base44, provider, module, connectors: module.get(ConnectorsService), http, clock };
}

let minted = 0;

/** Creates another token that the provider accepts. */
export function goodToken(provider: Provider): string {
  const token = `access-token-${(minted += 1)}-of-a-test`;
  provider.good.add(token);
  return token;
}

export function getSentToken(request: RecordedRequest): string | undefined {
  return getHeader(request, 'authorization')?.replace(/^Bearer /, '');
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const echo: Responder = ({ method, path, body }, response) => {
  json(response, 200, { method, path, body });
};
