import { inspect } from 'node:util';
import { ModulesContainer } from '@nestjs/core';
import {
  ConnectorsModule,
  ConnectorsService,
  type ConnectorsModuleOptions,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { createConnectorsModule } from '../support/create-connectors.js';
import { expectNoSecret, createSecret, containsSecret } from '../support/expect-no-secret.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError } from '../support/async.js';
import { startRecordingServer, respondWith } from '../support/recording-server.js';

const WAYS: [string, (url: string, serviceToken: string) => Partial<ConnectorsModuleOptions>][] = [
  ['a token', (serverUrl, serviceToken) => ({ serverUrl, serviceToken })],
  ['a function', (serverUrl, serviceToken) => ({ serverUrl, serviceToken: () => serviceToken })],
  [
    'an official SDK client',
    (serverUrl, serviceToken) => ({ client: createOfficialClient({ serverUrl, serviceToken }) }),
  ],
];

describe.each(WAYS)('with the service token given as %s', (_way, options) => {
  async function scenario() {
    const [serviceToken, accessToken] = [createSecret(), createSecret()];
    const server = await startRecordingServer(respondWith({ access_token: accessToken }));
    const module = await createConnectorsModule({
      ...options(server.url, serviceToken),
      cache: { ttlMs: 60_000 },
    });
    await module.get(ConnectorsService).getConnection('slack');
    return { module, secrets: [serviceToken, accessToken] };
  }

  it('the service shows no token after a call', async () => {
    const { module, secrets } = await scenario();

    expectNoSecret(module.get(ConnectorsService), secrets);
  });

  it('the client shows no token after a call', async () => {
    const { module, secrets } = await scenario();

    expectNoSecret(module.get(ServiceRoleClient), secrets);
  });

  it('no provider of the module shows a token', async () => {
    const { module, secrets } = await scenario();
    const showing = getProviders(module.get(ModulesContainer)).filter(({ instance }) =>
      secrets.some((secret) =>
        containsSecret(inspect(instance, { depth: 10, showHidden: true }), secret),
      ),
    );

    expect(showing.map(({ token }) => token)).toEqual([]);
  });
});

it('an error of the official SDK prints the service token and the user token', async () => {
  const [serviceToken, token] = [createSecret(), createSecret()];
  const server = await startRecordingServer(respondWith({ detail: 'Unauthorized' }, 401));
  const client = createOfficialClient({ serverUrl: server.url, serviceToken, token });
  const error = await catchError(() => client.asServiceRole.connectors.getConnection('slack'));

  expect(containsSecret(inspect(error), serviceToken)).toBe(true);
  expect(containsSecret(inspect(error), token)).toBe(true);
});

function getProviders(modules: ModulesContainer): { token: string; instance: unknown }[] {
  const own = [...modules.values()].filter(({ metatype }) => metatype === ConnectorsModule);
  expect(own).toHaveLength(1);
  return own.flatMap(({ providers }) =>
    [...providers.values()].map(({ token, instance }) => ({
      token: typeof token === 'function' ? token.name : String(token),
      instance: instance,
    })),
  );
}
