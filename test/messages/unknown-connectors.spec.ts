import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  type ConnectorsModuleOptions,
} from 'nestjs-base44-connectors';
import { Base44Emulator, ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { toOptions } from '../support/to-options.js';
import { boot, bootFailure } from '../module/verify-on-bootstrap.fixture.js';

const APP = '64b0c0ffee0000000000ba44';

@Controller()
class MisspeltController {
  @Get('token')
  token(@ConnectorToken('slak') token: string) {
    return token;
  }
}

@Controller()
class OptionalController {
  @Get()
  token(@ConnectorToken('slak', { optional: true }) token: string | null) {
    return token;
  }
}

describe('The name of a connector that Base44 does not know', () => {
  let base44: Base44Emulator;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
  });

  it.each([
    ['slak', "Did you mean 'slack'?"],
    ['Slack', "Did you mean 'slack'?"],
    ['google-calendar', "Did you mean 'googlecalendar'?"],
    ['calendar', "Did you mean 'googlecalendar'?"],
    ['drive', "Did you mean 'googledrive' or 'one_drive'?"],
    ['teams', "Did you mean 'microsoft_teams'?"],
    ['sheets', "Did you mean 'googlesheets'?"],
    ['gihub', "Did you mean 'github'?"],
    ['twitter', "Did you mean 'x'?"],
    [
      'google',
      "There is no connector 'google': each service has its own, such as " +
        "'googlecalendar', 'gmail' or 'googledrive'.",
    ],
    ['stripe', 'Base44 serves Stripe through its own integration, and not through a connector.'],
    [
      'constructor',
      'Check its spelling. If Base44 has this connector, connect it under Integrations in the Base44 editor.',
    ],
  ])('is rejected with the name that helps: %s', async (name, remedy) => {
    const connectors = await createConnectors(toOptions(base44));
    const message = `Connector '${name}' is not connected in app ${APP}. ${remedy}`;
    const calls = [
      () => connectors.getAccessToken(name),
      () => connectors.getConnection(name),
      () => connectors.callApi(name, { path: '/' }),
    ];
    for (const call of calls) {
      const error = await catchError(call);
      expect(error).toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED', status: 404, message });
    }
    expect(base44.requests).toHaveLength(calls.length);
  });

  it('is a name like any other where Base44 knows it', async () => {
    base44.connect('google', { accessToken: 'ya29-1' });
    const connectors = await createConnectors(toOptions(base44));
    await expect(connectors.getAccessToken('google')).resolves.toMatchObject({
      access_token: 'ya29-1',
    });
  });

  it('changes no remedy for the ids of other kinds of connectors', async () => {
    const connectors = await createConnectors(toOptions(base44));
    const error = await catchError(connectors.getWorkspaceConnection('slak'));
    expect(error.message).not.toContain('Did you mean');
  });

  it('is told to the client of a handler with a decorator', async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
      controllers: [MisspeltController],
    }).compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const response = await fetch(`${await app.getUrl()}/token`);
    expect(response.status).toBe(424);
    await expect(response.json()).resolves.toMatchObject({
      error: 'CONNECTOR_NOT_CONNECTED',
      message: `Connector 'slak' is not connected in app ${APP}. Did you mean 'slack'?`,
    });
  });

  it('is told by a fetch, whose address is declared', async () => {
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forFeature([{ connector: 'slak', baseURL: 'http://127.0.0.1:9' }]),
      ],
    }).compile();
    closeAfterTest(() => module.close());
    const error = await catchError(module.get(ConnectorsService).fetch('slak', '/x'));
    expect(error.message).toMatch(/Did you mean 'slack'\?$/);
  });

  it('fails startup in forFeature, where no address is declared', async () => {
    const start = (name: string): Promise<unknown> =>
      Test.createTestingModule({
        imports: [ConnectorsModule.forRoot(toOptions(base44)), ConnectorsModule.forFeature([name])],
      }).compile();
    await expect(start('slak')).rejects.toMatchObject({
      code: 'CONFIGURATION',
      message:
        "The API address of connector 'slak' is not known. Did you mean 'slack'? If you mean another " +
        "service, declare its address: ConnectorsModule.forFeature([{ connector: 'slak', baseURL: … }]).",
    });
    await expect(start('zendesk')).rejects.toThrow(
      "The API address of connector 'zendesk' is not known. Check the name, or declare the address: ",
    );
    expect(base44.requests).toHaveLength(0);
  });

  it('is told at startup by verifyOnBootstrap', async () => {
    const withOptions = (
      verifyOnBootstrap: ConnectorsModuleOptions['verifyOnBootstrap'],
      ...controllers: (typeof MisspeltController | typeof OptionalController)[]
    ) => ({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), verifyOnBootstrap })],
      controllers,
    });
    const { problems } = await bootFailure(withOptions('fail', MisspeltController));
    expect(problems).toEqual([
      `slak, required by MisspeltController.token: Connector 'slak' is not connected in app ${APP}. ` +
        "Did you mean 'slack'?",
    ]);
    const { reports } = await boot(withOptions('fail', OptionalController));
    expect(reports).toEqual([
      [
        'warn',
        'Connectors that the application needs:\n- slak, required by OptionalController.token: ' +
          "not connected, and optional. Did you mean 'slack'?",
      ],
    ]);
  });

  it('is told by ConnectorsTestingModule', async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' })],
    }).compile();
    closeAfterTest(() => module.close());
    const error = await catchError(module.get(ConnectorsService).getAccessToken('slak'));
    expect(error.message).toMatch(/Did you mean 'slack'\?$/);
  });
});
