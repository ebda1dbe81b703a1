import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  connectorsOptionsFromEnv,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { catchError } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';

const NAMES = ['BASE44_APP_ID', 'BASE44_API_URL', 'BASE44_SERVICE_TOKEN'];

/** Sets the variables of the process for one test. */
function setEnvironment(variables: Record<string, string>): void {
  const before = { ...process.env };
  closeAfterTest(() => {
    for (const name of NAMES) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, variables);
}

describe('connectorsOptionsFromEnv', () => {
  it('configures the module with the variables of the SDK', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.connect('slack', { accessToken: 'xoxb-1' });
    setEnvironment({
      BASE44_APP_ID: base44.appId,
      BASE44_API_URL: base44.url,
      BASE44_SERVICE_TOKEN: base44.serviceToken,
    });
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRootAsync({ useFactory: () => connectorsOptionsFromEnv() })],
    }).compile();
    closeAfterTest(() => module.close());
    await expect(module.get(ConnectorsService).getAccessToken('slack')).resolves.toMatchObject({
      access_token: 'xoxb-1',
    });
  });

  it('leaves absent and empty variables to the defaults of the options', () => {
    const env = { BASE44_APP_ID: 'app1', BASE44_API_URL: '', OTHER: 'x' };
    expect(connectorsOptionsFromEnv(env)).toEqual({ appId: 'app1' });
  });

  it.each([{}, { BASE44_APP_ID: '' }])('rejects an environment without an app: %j', async (env) => {
    await expect(catchError(() => connectorsOptionsFromEnv(env))).resolves.toMatchObject({
      code: 'CONFIGURATION',
      message:
        'The environment variable BASE44_APP_ID is not set. Set it to the id of the Base44 app, from the URL ' +
        'of its editor. If a .env file contains it, load the file first.',
    });
  });

  it('is validated with the other options', async () => {
    const env = { BASE44_APP_ID: 'app1', BASE44_API_URL: 'base44.app' };
    const error = await catchError(createConnectors(connectorsOptionsFromEnv(env)));
    expect(error.problems).toEqual([
      expect.stringMatching(/^serviceToken is required/),
      'serverUrl must be an absolute URL such as https://api.example.com',
    ]);
  });
});
