import { startByteSink } from '../support/byte-sink.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret } from '../support/expect-no-secret.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { settle } from '../support/async.js';
import { startRecordingServer } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';

const VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
];

/** Points the variable of a proxy to a listener, for this test. */
async function proxyIn(...variables: string[]) {
  const sink = await startByteSink();
  const before = { ...process.env };
  for (const name of [...VARIABLES, 'NO_PROXY', 'no_proxy']) process.env[name] = '';
  for (const name of variables) process.env[name] = sink.url;
  closeAfterTest(() => {
    for (const name of [...VARIABLES, 'NO_PROXY', 'no_proxy']) restore(name, before[name]);
  });
  return sink;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

describe.each(VARIABLES)('with %s in the environment', (variable) => {
  it('a request goes straight to Base44', async () => {
    const sink = await proxyIn(variable);
    const server = await startRecordingServer();
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

    expect(await service.getConnection('slack')).toMatchObject({ accessToken: 'token' });
    expect(server.requests).toHaveLength(1);
    expect(sink.received()).toBe('');
  });

  it('a request over TLS goes straight to Base44', async () => {
    const sink = await proxyIn(variable);
    const tls = createSelfSignedCertificate({ ip: '127.0.0.1' });
    const server = await startRecordingServer(undefined, { tls });
    const service = await createConnectors({ serverUrl: server.url, serviceToken: 'service' });

    await settle(() => service.getConnection('slack'));
    expect(server.requests).toEqual([]);
    expect(sink.received()).toBe('');
  });
});

it('a proxy is used by those who ask for it', async () => {
  const sink = await proxyIn('HTTP_PROXY');
  const serviceToken = createSecret();
  const service = await createConnectors({
    serverUrl: 'http://127.0.0.1:1',
    serviceToken,
    useEnvironmentProxy: true,
  });

  await settle(() => service.getConnection('slack'));
  expect(sink.received()).toContain(`Bearer ${serviceToken}`);
});

it.each(['HTTP_PROXY', 'ALL_PROXY'])(
  'the official SDK hands the service token to the proxy of %s',
  async (variable) => {
    const sink = await proxyIn(variable);
    const serviceToken = createSecret();
    const client = createOfficialClient({ serverUrl: 'http://127.0.0.1:1', serviceToken });

    await settle(() => client.asServiceRole.connectors.getConnection('slack'));
    expect(sink.received()).toContain(`Bearer ${serviceToken}`);
  },
);
