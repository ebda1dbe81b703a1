import { HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, type ModuleMetadata } from '@nestjs/common';
import {
  ConnectorFetch,
  ConnectorConnection,
  ConnectorHttp,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  ConnectorToken,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { type Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { toOptions } from '../support/to-options.js';
import { expectNoSecret, createSecret } from '../support/expect-no-secret.js';
import { startApplication, startBase44, boot, bootFailure } from './verify-on-bootstrap.fixture.js';

const CALENDAR = { appUserConnector: 'calendar1' };

@Controller()
class SlackController {
  @Get()
  token(@ConnectorToken('slack') token: string) {
    return token;
  }
}

@Controller()
class MaybeController {
  @Get()
  maybe(
    @ConnectorToken('slack', { optional: true }) _token: string | null,
    @ConnectorHttp('slack', { optional: true }) _http: HttpService | null,
  ) {
    return {};
  }
}

@Controller()
class MeteredController {
  @Get()
  places(@ConnectorToken('googlemaps') token: string) {
    return token;
  }
}

@Controller()
class MeteredFetchController {
  @Get()
  async places(@ConnectorFetch('googlemaps') fetchPlaces: typeof fetch) {
    return (await fetchPlaces('/maps/api/place/details/json')).json();
  }
}

@Controller()
class UserController {
  @Get()
  events(@ConnectorToken(CALENDAR) token: string) {
    return token;
  }
}

@Injectable()
class UserService {
  constructor(@InjectConnectorHttp(CALENDAR) readonly calendar: HttpService) {}
}

@Controller()
class CrmController {
  @Get()
  contacts(@ConnectorConnection('hubspot', { instance: 'crm' }) connection: ConnectorConnection) {
    return connection;
  }
}

const withSlack = (
  base44: Base44Emulator,
  options: Partial<ConnectorsModuleOptions> = {},
  ...controllers: NonNullable<ModuleMetadata['controllers']>
): ModuleMetadata => ({
  imports: [
    ConnectorsModule.forRoot({ ...toOptions(base44), verifyOnBootstrap: 'fail', ...options }),
  ],
  controllers: controllers.length > 0 ? controllers : [SlackController],
});

describe('verifyOnBootstrap', () => {
  it('accepts an optional connector that is not connected', async () => {
    const base44 = await startBase44({});
    const { reports } = await boot(withSlack(base44, {}, MaybeController));
    expect(reports).toEqual([
      [
        'log',
        expect.stringContaining('required by MaybeController.maybe: not connected, and optional'),
      ],
    ]);
  });

  it('requires a connector that is optional in one place and required in another', async () => {
    const base44 = await startBase44({});
    const error = await bootFailure(withSlack(base44, {}, MaybeController, SlackController));
    expect(error.problems).toEqual([
      expect.stringMatching(
        /^slack, required by MaybeController\.maybe and SlackController\.token: .* is not connected/,
      ),
    ]);
    expect(base44.requests).toHaveLength(1);
  });

  it('rejects a metered connector, and says how to call it', async () => {
    const base44 = await startBase44({});
    base44.meter('googlemaps');
    const error = await bootFailure(withSlack(base44, {}, MeteredController));
    expect(error.problems).toEqual([
      "googlemaps, required by MeteredController.places: Connector 'googlemaps' is metered, so Base44 issues no " +
        "access token for it. Call its API with ConnectorsService.callApi('googlemaps', request).",
    ]);
  });

  it('accepts a metered connector that only @ConnectorFetch() uses', async () => {
    const base44 = await startBase44({});
    base44.meter('googlemaps');
    const { reports } = await boot(withSlack(base44, {}, MeteredFetchController));
    expect(reports).toEqual([
      [
        'log',
        'Connectors that the application needs:\n' +
          '- googlemaps, required by MeteredFetchController.places: metered, so Base44 calls its API',
      ],
    ]);
  });

  it('sends no request for app user connectors', async () => {
    const base44 = await startBase44({});
    const { imports = [], controllers = [] } = withSlack(base44, {}, UserController);
    const feature = { connector: CALENDAR, baseURL: 'https://calendar.example.com' };
    const { reports } = await boot({
      imports: [...imports, ConnectorsModule.forFeature([feature])],
      controllers,
      providers: [UserService],
    });
    expect(base44.requests).toHaveLength(0);
    const places = 'UserController.events and UserService';
    expect(reports).toEqual([
      [
        'log',
        'Connectors that the application needs:\n' +
          `- appUserConnector calendar1, required by ${places}: each user connects an account`,
      ],
    ]);
  });

  it.each([
    ['a string', (wrong: string) => wrong],
    ['a function', (wrong: string) => () => wrong],
  ])('reports a service token that Base44 rejects as a problem: %s', async (_, serviceToken) => {
    const base44 = await startBase44({ slack: 'xoxb-1' });
    const error = await bootFailure(withSlack(base44, { serviceToken: serviceToken('svc_wrong') }));
    expect(error.problems).toEqual([
      'slack, required by SlackController.token: Base44 rejected the service token for app ' +
        `${base44.appId} (status 401). Check that it is a service token of this app and that it is still valid.`,
    ]);
  });

  it('asks Base44, although it has refused the service token of an earlier call', async () => {
    const base44 = await startBase44({ slack: 'xoxb-1' });
    base44.fault({ respond: faults.status(401) });
    const { app, reports } = await startApplication(withSlack(base44));
    await catchError(app.get(ConnectorsService).getConnection('slack'));
    await app.init();
    expect(reports).toEqual([['log', expect.stringContaining('connected')]]);
    expect(base44.requests).toHaveLength(2);
  });

  it('reports a response that is not from Base44 as a problem', async () => {
    const base44 = await startBase44({ slack: 'xoxb-1' });
    base44.fault({ respond: faults.redirect('https://elsewhere.example') });
    const error = await bootFailure(withSlack(base44));
    expect(error.problems).toEqual([expect.stringContaining('a redirect, which is not followed')]);
  });

  it('verifies the responses of a client of the application', async () => {
    const asked: string[] = [];
    const client = {
      getConnection: async (type: string) => {
        asked.push(type);
        return { accessToken: 'xoxb-1', connectionConfig: null };
      },
    };
    const { reports } = await boot({
      imports: [ConnectorsModule.forRoot({ appId: 'app1', client, verifyOnBootstrap: 'fail' })],
      controllers: [SlackController],
    });
    expect(reports).toEqual([['log', expect.stringMatching(/SlackController\.token: connected$/)]]);
    expect(asked).toEqual(['slack']);
  });

  describe('with a named instance', () => {
    const both = async (
      verify: Record<'main' | 'crm', ConnectorsModuleOptions['verifyOnBootstrap']>,
    ) => {
      const base44 = await startBase44({ slack: 'xoxb-1' });
      const crm = await startBase44({}, { appId: 'crm-app' });
      const metadata = withSlack(
        base44,
        { verifyOnBootstrap: verify.main },
        SlackController,
        CrmController,
      );
      metadata.imports?.push(
        ConnectorsModule.forRoot({
          ...toOptions(crm),
          name: 'crm',
          verifyOnBootstrap: verify.crm,
        }),
      );
      return { base44, crm, metadata };
    };

    it('each verifies its own connectors, in its own app', async () => {
      const { base44, crm, metadata } = await both({ main: 'fail', crm: 'warn' });
      crm.connect('hubspot');
      const { reports } = await boot(metadata);
      const title = 'Connectors that the application needs:';
      expect(reports.sort()).toEqual([
        ['log', `${title}\n- hubspot, required by CrmController.contacts: connected`],
        ['log', `${title}\n- slack, required by SlackController.token: connected`],
      ]);
      const getPaths = ({ requests }: Base44Emulator) => requests.map(({ path }) => path);
      expect(getPaths(base44)).toEqual([expect.stringMatching(/\/slack$/)]);
      expect(getPaths(crm)).toEqual([expect.stringMatching(/\/hubspot$/)]);
    });

    it('each fails only for its own connectors', async () => {
      const { metadata } = await both({ main: 'fail', crm: 'off' });
      await boot(metadata);
      const { metadata: strict } = await both({ main: 'off', crm: 'fail' });
      const { problems } = await bootFailure(strict);
      expect(problems).toEqual([
        "hubspot, required by CrmController.contacts: Connector 'hubspot' is not connected in app crm-app. " +
          'Connect it under Integrations in the Base44 editor.',
      ]);
    });
  });

  it.each(['warn', 'fail'] as const)("shows no secret with '%s'", async (verifyOnBootstrap) => {
    const [serviceToken, refused, slackToken, mapsToken] = Array.from({ length: 4 }, () =>
      createSecret(),
    ) as [string, string, string, string];
    const base44 = await startBase44({ slack: slackToken }, { serviceToken });
    // The texts of Base44 and of proxies may repeat the request.
    for (const status of [401, 403, 404, 422]) {
      const body = { detail: `Bearer ${serviceToken} may not see ${mapsToken}`, token: mapsToken };
      base44.fault({ respond: faults.status(status, { body }), match: 'googlemaps' });
      const controllers = [SlackController, MeteredController];
      const outcome =
        verifyOnBootstrap === 'warn'
          ? (await boot(withSlack(base44, { verifyOnBootstrap }, ...controllers))).reports
          : await bootFailure(withSlack(base44, {}, ...controllers));
      expect(String(outcome)).toContain('googlemaps, required by MeteredController.places: ');
      expectNoSecret(outcome, [serviceToken, slackToken, mapsToken]);
    }
    const error = await bootFailure(withSlack(base44, { serviceToken: () => refused }));
    expectNoSecret(error, [serviceToken, refused, slackToken]);
  });
});
