import type { ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { toOptions } from '../support/to-options.js';

const APP = '64b0c0ffee0000000000ba44';
const NOT_CONFIGURED = {
  body: { detail: 'Connector authorization not configured', code: 'NOT_FOUND' },
};

describe('A 404 of Base44', () => {
  let base44: Base44Emulator;
  let connectors: ConnectorsService;
  let ada: ConnectorsService;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    connectors = await createConnectors({
      ...toOptions(base44),
      request: { appUserToken: () => undefined },
    });
    ada = connectors.asAppUser(base44.addAppUser('ada').token);
  });

  const expectMessage = async (call: Promise<unknown>, message: string): Promise<void> => {
    await expect(catchError(call)).resolves.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
      status: 404,
      message,
    });
  };

  it('names the editor of the app for an integration type', async () => {
    await expectMessage(
      connectors.getConnection('slack'),
      `Connector 'slack' is not connected in app ${APP}. Connect it under Integrations in the Base44 editor.`,
    );
  });

  it('names the settings of the workspace for a workspace connector', async () => {
    await expectMessage(
      connectors.getWorkspaceConnection('w1'),
      `Workspace connector 'w1' is not connected in app ${APP}. Connect it in the Workspace Settings of ` +
        'Base44, and use the id from its settings page.',
    );
  });

  it('names connectAppUser() for a user who has not connected an account', async () => {
    await expectMessage(
      ada.getCurrentAppUserConnection('cal1'),
      `The user has not connected 'cal1' in app ${APP}. Send the user to the URL that connectAppUser() returns.`,
    );
  });

  it('names the settings of the workspace when connectAppUser() itself fails', async () => {
    base44.fault({ respond: faults.status(404, NOT_CONFIGURED) });
    await expectMessage(
      ada.connectAppUser('cal1'),
      `App-user connector 'cal1' is not registered for app ${APP}. Register it in the Workspace Settings ` +
        'of Base44, and use the id from its settings page.',
    );
  });

  it('says that there is nothing to disconnect', async () => {
    await expectMessage(
      ada.disconnectAppUser('cal1'),
      `The user has not connected 'cal1' in app ${APP}, so there is nothing to disconnect.`,
    );
  });

  it('names fetch() and getConnection() for a metered call of a connector that is not metered', async () => {
    base44.fault({ respond: faults.status(404), match: 'slack' });
    await expectMessage(
      connectors.callApi('slack', { path: '/chat.postMessage' }),
      "Connector 'slack' is not metered, so callApi() cannot call it. " +
        "Use ConnectorsService.fetch('slack', url) or getConnection('slack').",
    );
  });

  it('names the editor of the app for a metered connector', async () => {
    await expectMessage(
      connectors.callApi('x', { path: '/2/tweets' }),
      `Connector 'x' is not connected in app ${APP}. Connect it under Integrations in the Base44 editor.`,
    );
  });
});

describe('callApi() with a whole URL as the path', () => {
  it('says what to write, repeats no part of the URL and sends nothing', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.meter('x');
    base44.meter('crm');
    const connectors = await createConnectors(toOptions(base44));
    const remedy =
      "and not a whole URL. Remove the scheme and the host, so that the path begins with '/'. " +
      'If the connector has several hosts, name the host in host.';
    for (const [connector, base] of [
      ['x', 'https://api.x.com'],
      ['crm', "the address of the connector's API"],
    ] as const) {
      const path = 'https://api.x.com/2/tweets?key=secret';
      await expect(catchError(connectors.callApi(connector, { path }))).resolves.toMatchObject({
        code: 'INVALID_REQUEST',
        message: `Request path must be a path below ${base}, ${remedy}`,
      });
    }
    expect(base44.requests).toHaveLength(0);
  });
});
