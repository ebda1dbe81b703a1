import { HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, type ModuleMetadata } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  ConnectorConnection,
  ConnectorHttp,
  ConnectorsConfigurationError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorToken,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { findFreePort } from '../support/free-port.js';
import { catchError } from '../support/async.js';
import { startBase44, boot, bootFailure } from './verify-on-bootstrap.fixture.js';

const WORKSPACE = { workspaceConnector: '66f0c2a41d' };

@Controller('calendar')
class CalendarController {
  @Get('events')
  events(@ConnectorToken('googlecalendar') token: string) {
    return { token };
  }

  @Get('announce')
  announce(
    @ConnectorToken('googlecalendar') token: string,
    @ConnectorConnection('slack') { accessToken }: ConnectorConnection,
  ) {
    return { token, accessToken };
  }

  @MessagePattern('warehouse')
  warehouse(@ConnectorHttp(WORKSPACE) _http: HttpService) {
    return {};
  }
}

@Injectable()
class DigestService {
  constructor(@InjectConnectorHttp('slack') readonly slack: HttpService) {}
}

const REPORT = {
  title: 'Connectors that the application needs:',
  googlecalendar:
    '- googlecalendar, required by CalendarController.events and CalendarController.announce: connected',
  slack: '- slack, required by CalendarController.announce and DigestService: connected',
  workspace: '- workspaceConnector 66f0c2a41d, required by CalendarController.warehouse: connected',
};

/** The line about Slack when it is not connected. */
const describeSlack = ({ appId }: Base44Emulator): string =>
  REPORT.slack.replace(
    ': connected',
    `: Connector 'slack' is not connected in app ${appId}. ` +
      'Connect it under Integrations in the Base44 editor.',
  );

/** The line about the workspace connector when it is not connected. */
const describeWorkspace = ({ appId }: Base44Emulator): string =>
  REPORT.workspace.replace(
    ': connected',
    `: Workspace connector '${WORKSPACE.workspaceConnector}' is not connected in app ${appId}. ` +
      'Connect it in the Workspace Settings of Base44, and use the id from its settings page.',
  );

const toText = (lines: object): string => Object.values(lines).join('\n');

const calendar = (
  base44: Base44Emulator,
  options: Partial<ConnectorsModuleOptions>,
): ModuleMetadata => ({
  imports: [
    ConnectorsModule.forRoot({ ...toOptions(base44), ...options }),
    ConnectorsModule.forFeature([
      'slack',
      { connector: WORKSPACE, baseURL: 'https://example.com' },
    ]),
  ],
  controllers: [CalendarController],
  providers: [DigestService],
});

const connected = async (): Promise<Base44Emulator> => {
  const base44 = await startBase44({ googlecalendar: 'ya29-1', slack: 'xoxb-1' });
  base44.connect(WORKSPACE);
  return base44;
};

describe('verifyOnBootstrap', () => {
  it.each([{}, { verifyOnBootstrap: undefined }, { verifyOnBootstrap: 'off' as const }])(
    'with %p sends no request and logs nothing',
    async (options) => {
      const base44 = await connected();
      const { reports } = await boot(calendar(base44, options));
      expect(base44.requests).toHaveLength(0);
      expect(reports).toEqual([]);
    },
  );

  it.each(['warn', 'fail'] as const)(
    "with '%s' logs in one report which handlers need which connector, and that all are connected",
    async (verifyOnBootstrap) => {
      const { reports } = await boot(calendar(await connected(), { verifyOnBootstrap }));
      expect(reports).toEqual([['log', toText(REPORT)]]);
    },
  );

  it("with 'warn' starts, and warns of connectors that are not connected", async () => {
    const base44 = await connected();
    base44.disconnect('slack');
    const { reports } = await boot(calendar(base44, { verifyOnBootstrap: 'warn' }));
    const slack = describeSlack(base44);
    expect(reports).toEqual([['warn', toText({ ...REPORT, slack })]]);
  });

  it("with 'fail' fails startup, and names each connector that does not work, its handlers and the remedy", async () => {
    const base44 = await connected();
    base44.disconnect('slack');
    base44.disconnect(WORKSPACE);
    const error = await bootFailure(calendar(base44, { verifyOnBootstrap: 'fail' }));
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect(error.code).toBe('CONFIGURATION');
    const lines = [describeSlack(base44), describeWorkspace(base44)];
    const title = 'The application needs connectors that do not work:';
    expect(error.message).toBe(toText([title, ...lines]));
    expect(error.problems).toEqual(lines.map((line) => line.slice('- '.length)));
  });

  it.each(['warn', 'fail'] as const)(
    "with '%s' sends one request for each connector, and handlers use the cached result",
    async (verifyOnBootstrap) => {
      const base44 = await connected();
      const { app } = await boot(calendar(base44, { verifyOnBootstrap }));
      expect(base44.requests.map(({ path }) => path.replace(/^.*\/tokens\//, '')).sort()).toEqual([
        'connectors/66f0c2a41d',
        'googlecalendar',
        'slack',
      ]);
      base44.clear();
      await app.listen(0, '127.0.0.1');
      const response = await fetch(`${await app.getUrl()}/calendar/announce`);
      await expect(response.json()).resolves.toEqual({ token: 'ya29-1', accessToken: 'xoxb-1' });
      expect(base44.requests).toHaveLength(0);
    },
  );

  it('logs nothing for an application that needs no connector', async () => {
    const base44 = await connected();
    const imports = [ConnectorsModule.forRoot({ ...toOptions(base44), verifyOnBootstrap: 'fail' })];
    const { reports } = await boot({ imports });
    expect(reports).toEqual([]);
    expect(base44.requests).toHaveLength(0);
  });

  it("with 'fail' opens no port when startup fails", async () => {
    const base44 = await startBase44({});
    const port = await findFreePort();
    const module = await Test.createTestingModule(
      calendar(base44, { verifyOnBootstrap: 'fail' }),
    ).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    const error = await catchError(() => app.listen(port, '127.0.0.1'));
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    await expect(fetch(`http://127.0.0.1:${port}/calendar/events`)).rejects.toThrow('fetch failed');
  });

  it("with 'fail' fails a microservice too", async () => {
    const base44 = await startBase44({});
    const options = { host: '127.0.0.1', port: await findFreePort() };
    const module = await Test.createTestingModule(
      calendar(base44, { verifyOnBootstrap: 'fail' }),
    ).compile();
    const app = module.createNestMicroservice({ transport: Transport.TCP, options });
    closeAfterTest(() => app.close());
    await expect(app.listen()).rejects.toThrow(ConnectorsConfigurationError);
  });
});
