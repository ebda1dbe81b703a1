import { createConnectors } from '../support/create-connectors.js';
import { createSecret } from '../support/expect-no-secret.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { settle } from '../support/async.js';
import { PROXY_VARIABLES, setProxy } from '../support/proxy-environment.js';
import { startRecordingServer } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';

describe.each(PROXY_VARIABLES)('with %s in the environment', (variable) => {
  it('a request goes directly to Base44', async () => {
    const sink = await setProxy([variable]);
    const server = await startRecordingServer();
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

    expect(await service.getConnection('slack')).toMatchObject({ accessToken: 'token' });
    expect(server.requests).toHaveLength(1);
    expect(sink.received()).toBe('');
  });

  it('a request over TLS goes directly to Base44', async () => {
    const sink = await setProxy([variable]);
    const tls = createSelfSignedCertificate({ ip: '127.0.0.1' });
    const server = await startRecordingServer(undefined, { tls });
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

    await settle(() => service.getConnection('slack'));
    expect(server.requests).toEqual([]);
    expect(sink.received()).toBe('');
  });
});

it('an application can use a proxy with a client of its own', async () => {
  const sink = await setProxy(['HTTP_PROXY']);
  const serviceToken = createSecret();
  const service = await createConnectors({
    serverUrl: 'http://127.0.0.1:1',
    serviceToken,
    useEnvironmentProxy: true,
  });

  await settle(() => service.getConnection('slack'));
  expect(sink.received()).toContain(`Bearer ${serviceToken}`);
});

it('a request goes to base44.app by default', async () => {
  const sink = await setProxy(['HTTPS_PROXY']);
  const service = await createConnectors({ serviceToken: 'service', useEnvironmentProxy: true });

  await settle(() => service.getConnection('slack'));
  expect(sink.received()).toContain('base44.app');
});

it.each(['HTTP_PROXY', 'ALL_PROXY'])(
  'the official SDK sends the service token to the proxy of %s',
  async (variable) => {
    const sink = await setProxy([variable]);
    const serviceToken = createSecret();
    const client = createOfficialClient({ serverUrl: 'http://127.0.0.1:1', serviceToken });

    await settle(() => client.asServiceRole.connectors.getConnection('slack'));
    expect(sink.received()).toContain(`Bearer ${serviceToken}`);
  },
);
