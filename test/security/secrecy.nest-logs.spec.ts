import { inspect } from 'node:util';
import { HttpService } from '@nestjs/axios';
import { ConsoleLogger, Controller, Get, Inject, Logger, Module, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorHttp,
  ConnectorsModule,
  ConnectorsService,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createSecret, containsSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer } from '../support/recording-server.js';
import { json } from '../provider-calls/provider-calls.fixture.js';

const log = new Logger('Test');

/** Handlers that handle no failure of a provider. */
@Controller()
class ProviderController {
  constructor(
    @InjectConnectorHttp('crm') private readonly injected: HttpService,
    @Inject(ConnectorsService) private readonly connectors: ConnectorsService,
  ) {}

  @Get('injected/:path')
  async byInjected(@Param('path') path: string): Promise<unknown> {
    return (await firstValueFrom(this.injected.get<unknown>(path))).data;
  }

  @Get('observable/:path')
  byObservable(@Param('path') path: string): unknown {
    return this.injected.get(path);
  }

  @Get('parameter/:path')
  async byParameter(
    @Param('path') path: string,
    @ConnectorHttp('crm') http: HttpService,
  ): Promise<unknown> {
    return (await http.axiosRef.get<unknown>(path)).data;
  }

  @Get('stream/:path')
  async byStream(@Param('path') path: string): Promise<string> {
    const { data } = await firstValueFrom(
      this.injected.get<AsyncIterable<Buffer>>(path, {
        responseType: 'stream',
        maxContentLength: 5,
      }),
    );
    let text = '';
    for await (const chunk of data) text += chunk.toString();
    return text;
  }

  @Get('fetch/:path')
  async byFetch(@Param('path') path: string): Promise<unknown> {
    return (await this.connectors.fetch('crm', path)).json();
  }

  @Get('logged/:path')
  async logged(@Param('path') path: string): Promise<unknown> {
    try {
      return await this.byInjected(path);
    } catch (error) {
      log.error(error);
      log.error('a provider failed', error);
      log.error({ error });
      log.warn(inspect(error, { depth: 10, showHidden: true }));
      log.warn(JSON.stringify(error));
      throw new Error('It failed', { cause: error });
    }
  }
}

const HANDLERS = ['injected', 'observable', 'parameter', 'stream', 'fetch', 'logged'];

/** The failures of a provider, by path. */
const FAILURES = ['500', '404', '401', 'reset', 'html', 'loop', 'plain', 'long'];

async function application(logger: ConsoleLogger) {
  const [accessToken, serviceToken] = [createSecret(), createSecret()];
  const base44 = await Base44Emulator.start({ serviceToken });
  closeAfterTest(() => base44.close());
  base44.connect('crm', { accessToken });
  const provider = await startRecordingServer(({ path }, response) => {
    const failure = path.slice(1);
    if (failure === 'reset') response.req.socket.resetAndDestroy();
    else if (failure === 'html') response.end('<html>');
    else if (failure === 'long') response.end('x'.repeat(9_000));
    else if (failure === 'loop') json(response, 302, {}, { Location: '/loop' });
    else if (failure === 'plain') json(response, 302, {}, { Location: 'http://192.0.2.1/' });
    else json(response, Number(failure), { error: 'no' });
  });

  @Module({
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(base44), request: { base44Headers: true } }),
      ConnectorsModule.forFeature([{ connector: 'crm', baseURL: provider.url }]),
    ],
    controllers: [ProviderController],
  })
  class AppModule {}

  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication();
  app.useLogger(logger);
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  const { token: userToken } = base44.addAppUser('user-1');
  const headers = { Authorization: `Bearer ${userToken}`, Connection: 'close' };
  const url = await app.getUrl();
  return {
    secrets: [accessToken, serviceToken, userToken],
    ask: (path: string) => fetch(`${url}/${path}`, { headers }),
  };
}

describe.each([
  ['text', new ConsoleLogger({ colors: false })],
  ['JSON', new ConsoleLogger({ colors: false, json: true })],
])('With the %s logger of Nest', (kind, logger) => {
  it('no response and no log line contains a credential when a handler does not handle a failure', async () => {
    const written = outputOfProcess();
    const { secrets, ask } = await application(logger);
    const statuses: Record<string, number> = {};
    let hits = 0;
    for (const path of HANDLERS.flatMap((way) => FAILURES.map((failure) => `${way}/${failure}`))) {
      written.length = 0;
      const response = await ask(path);
      const answer = [response.statusText, ...response.headers, await response.text()].join('\n');
      statuses[path] = response.status;
      const isSilent = !secrets.some((secret) => containsSecret(answer + written.join(''), secret));
      if (!isSilent) hits += 1;
      expect({ path, isSilent }).toEqual({ path, isSilent: true });
    }
    written.restore();
    printFigure(
      `secrecy of provider calls: failing handlers, hits (${kind})`,
      `${Object.keys(statuses).length}, ${hits}`,
    );
    expect(statuses).toMatchObject({
      'injected/500': 500,
      'parameter/401': 424,
      'fetch/401': 424,
      'logged/reset': 500,
    });
    expect(written.total).toBeGreaterThan(10_000);
  });
});

/** Captures the output of the process until `restore`. */
function outputOfProcess() {
  const written = Object.assign([] as string[], {
    total: 0,
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  });
  const spies = [process.stdout, process.stderr].map((stream) =>
    import.meta.jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      written.total += chunk.length;
      return true;
    }),
  );
  closeAfterTest(written.restore);
  return written;
}
