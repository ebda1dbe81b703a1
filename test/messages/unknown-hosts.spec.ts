import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';
import { setProxy } from '../support/proxy-environment.js';

/** The code depends on the name server: of no host, or of no answer. */
const CODE = String.raw`\((ENOTFOUND|EAI_AGAIN)\)`;

const secret = createSecret(32);

describe('A host that is not found', () => {
  it.each<[string, Partial<ConnectorsModuleOptions>, string]>([
    [
      'serverUrl',
      { serviceToken: secret, serverUrl: 'https://bas44.invalid:8443' },
      String.raw`the host 'bas44\.invalid:8443' of serverUrl was not found ${CODE}\. ` +
        String.raw`Check serverUrl, and the DNS of this machine\.`,
    ],
    [
      'broker.url',
      { broker: { url: 'https://app.bas44.invalid/functions/connectors-broker', secret } },
      String.raw`the host 'app\.bas44\.invalid' of broker\.url was not found ${CODE}\. ` +
        String.raw`Check broker\.url, and the DNS of this machine\.`,
    ],
  ])('is named, with its option: %s', async (_, options, message) => {
    const connectors = await createConnectors(options);
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE', retryable: true, isSent: false });
    expect(error.message).toMatch(new RegExp(`^Base44 is unavailable: ${message}$`));
    expectNoSecret(error, [secret]);
  });

  it('is not confused with the host of a proxy, whose URL is not repeated', async () => {
    await setProxy([]);
    const password = createSecret();
    process.env.HTTPS_PROXY = `http://user:${password}@proxy.invalid:8080`;
    const connectors = await createConnectors({ serviceToken: secret, useEnvironmentProxy: true });
    const error = await catchError(connectors.getConnection('slack'));
    expect(error.message).toMatch(
      new RegExp(
        `^Base44 is unavailable: the host of the proxy was not found ${CODE}\\. ` +
          'Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY\\.$',
      ),
    );
    expectNoSecret(error, [password, secret]);
  });
});
