import { firstValueFrom } from 'rxjs';
import { Test } from '@nestjs/testing';
import {
  type ConnectorFeature,
  ConnectorsModule,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { settle } from '../support/async.js';
import { toOptions } from '../support/to-options.js';
import { json, providerCalls } from './provider-calls.fixture.js';

/** Creates an application whose `fetch` sends nothing. Returns the URLs of its requests. */
async function createApp(
  connector: string,
  connectionConfig: Record<string, string> | undefined,
  options: Partial<ConnectorFeature> = {},
): Promise<{ connectors: ConnectorsService; urls: string[] }> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect(connector, { ...(connectionConfig && { connectionConfig }) });
  const urls: string[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (url) => {
    urls.push(url as string);
    return new Response('{}');
  };
  closeAfterTest(() => {
    globalThis.fetch = fetch;
  });
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot(toOptions(base44)),
      ConnectorsModule.forFeature([{ connector, ...options }]),
    ],
  }).compile();
  closeAfterTest(() => module.close());
  return { connectors: module.get(ConnectorsService), urls };
}

describe('The host of an account', () => {
  it.each([
    ['acme', 'acme'],
    ['xy12345.us-east-1', 'xy12345.us-east-1'],
    ['xy12345.us-east-2.aws', 'xy12345.us-east-2.aws'],
    ['org-my_account', 'org-my_account'],
    ['ORG-My_Account', 'org-my_account'],
  ])('of Snowflake may be %p', async (subdomain, host) => {
    const { connectors, urls } = await createApp('snowflake', { subdomain });
    const origin = `https://${host}.snowflakecomputing.com`;
    await connectors.fetch('snowflake', '/statements');
    await connectors.fetch('snowflake', `https://${subdomain}.snowflakecomputing.com/api/v2/x`);
    expect(urls).toEqual([`${origin}/api/v2/statements`, `${origin}/api/v2/x`]);
  });

  it.each([
    'https://acme.my.salesforce.com',
    'https://acme.my.salesforce.com/',
    'HTTPS://Acme.my.salesforce.com',
    'acme.my.salesforce.com',
    'ACME.MY.SALESFORCE.COM',
  ])('of Salesforce may be %p', async (instance_url) => {
    const { connectors, urls } = await createApp('salesforce', { instance_url });
    await connectors.fetch('salesforce', '/services/data');
    await connectors.fetch('salesforce', 'https://acme.my.salesforce.com/x');
    expect(urls).toEqual([
      'https://acme.my.salesforce.com/services/data',
      'https://acme.my.salesforce.com/x',
    ]);
  });

  it.each([
    ['snowflake', 'subdomain', 'acme.'],
    ['snowflake', 'subdomain', '.acme'],
    ['snowflake', 'subdomain', 'evil.example/'],
    ['snowflake', 'subdomain', 'evil.example#'],
    ['snowflake', 'subdomain', 'evil.example?x=1'],
    ['snowflake', 'subdomain', 'evil.example:1'],
    ['snowflake', 'subdomain', 'a@evil.example\\\\'],
    ['snowflake', 'subdomain', `${'a.'.repeat(200)}a`],
    ['salesforce', 'instance_url', 'https://evil.example'],
    ['salesforce', 'instance_url', 'https://evil.example/.salesforce.com'],
    ['salesforce', 'instance_url', 'https://evil.example#.salesforce.com'],
    ['salesforce', 'instance_url', 'https://evilsalesforce.com'],
    ['salesforce', 'instance_url', 'https://salesforce.com.evil.example'],
    ['salesforce', 'instance_url', 'http://acme.my.salesforce.com'],
    ['salesforce', 'instance_url', 'https://a@acme.my.salesforce.com'],
    ['salesforce', 'instance_url', 'https://acme.my.salesforce.com:8443'],
    ['salesforce', 'instance_url', 'acme.https://my.salesforce.com'],
    ['salesforce', 'instance_url', 'acme/.my.salesforce.com'],
    ['salesforce', 'instance_url', ''],
    ['salesforce', 'subdomain', 'acme'],
  ])('of %s with %s %p sends nothing outside of the provider', async (connector, key, value) => {
    const { connectors, urls } = await createApp(connector, { [key]: value });
    const sent = connectors.fetch(connector, '/x').catch((error: unknown) => error);
    if (value.startsWith('evil.example/')) await sent;
    else await expect(sent).resolves.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
    for (const url of urls) expect(new URL(url).hostname).toMatch(/\.snowflakecomputing\.com$/);
  });

  it.each([
    ['https://x-7-x.acme.example/v1', 'https://x-7-x.acme.example/v1/x'],
    ['https://{subdomain}.x-7-x.acme.example', 'https://a1.x-7-x.acme.example/x'],
    ['https://{region}-{subdomain}.acme.example:8443', 'https://eu-a1.acme.example:8443/x'],
    ['https://acme.example/{region}/{subdomain}', 'https://acme.example/eu/a1/x'],
    ['https://acme.example/https://{subdomain}/v1', 'https://acme.example/https://a1/v1/x'],
    ['https://{subdomain}.qz.QQZZ.acme.example', 'https://a1.qz.qqzz.acme.example/x'],
    ['https://q{subdomain}{region}z.acme.example', 'https://qa1euz.acme.example/x'],
    ['https://{region}.acme.example///', 'https://eu.acme.example/x'],
  ])('of the base URL %s leads to %s', async (baseURL, url) => {
    const config = { subdomain: 'a1', region: 'eu' };
    const { connectors, urls } = await createApp('acme', config, { baseURL });
    await connectors.fetch('acme', '/x');
    expect(urls).toEqual([url]);
  });

  const LONG = Array.from({ length: 3 }, () => 'a'.repeat(63)).join('.');

  it.each([
    ['acme', 'a'.repeat(63), 'a'.repeat(64)],
    ['acme', '0-9', '-a'],
    ['acme', 'A1', 'a-'],
    ['acme', 'x', 'a_b'],
    ['acme', 'x', 'a.b'],
    ['snowflake', 'a'.repeat(63), 'a'.repeat(64)],
    ['snowflake', 'a_b', '_a'],
    ['snowflake', 'a', 'a..b'],
    ['snowflake', `${LONG}.${'a'.repeat(61)}`, `${LONG}.${'a'.repeat(62)}`],
  ])('of %s may be %p, but not %p', async (connector, good, bad) => {
    const baseURL = connector === 'acme' ? { baseURL: 'https://{subdomain}.acme.example' } : {};
    for (const [subdomain, count] of [
      [good, 1],
      [bad, 0],
    ] as const) {
      const { connectors, urls } = await createApp(connector, { subdomain }, baseURL);
      await settle(() => connectors.fetch(connector, '/x'));
      expect(urls).toHaveLength(count);
    }
  });

  it.each([
    ['acme', 'is a single host label'],
    ['salesforce', 'names a host of salesforce.com or salesforce.mil'],
  ])('of %s is named by the error of a connection without it', async (connector, expected) => {
    const baseURL = connector === 'acme' ? { baseURL: 'https://{instance_url}.acme.example' } : {};
    for (const config of [undefined, {}]) {
      const { connectors, urls } = await createApp(connector, config, baseURL);
      await expect(connectors.fetch(connector, '/x')).rejects.toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
        connector,
        message: expect.stringMatching(
          `has no 'instance_url' that ${expected}.*Check {instance_url} in the connector's baseURL, and the name of the account.`,
        ) as string,
      });
      expect(urls).toEqual([]);
    }
  });

  it('declares its own value only', async () => {
    const baseURL = 'https://{subdomain}.snowflakecomputing.com/{schema}';
    const config = { subdomain: 'a.b', schema: 'a.b' };
    const { connectors, urls } = await createApp('snowflake', config, { baseURL });
    await expect(connectors.fetch('snowflake', '/x')).rejects.toThrow(
      "has no 'schema' that is a single host label",
    );
    expect(urls).toEqual([]);
  });

  it('is not needed for the fixed origins of a declaration', async () => {
    const allowedOrigins = ['https://acme.my.salesforce.com'];
    const { connectors, urls } = await createApp('salesforce', {}, { allowedOrigins });
    await connectors.fetch('salesforce', 'https://acme.my.salesforce.com/x');
    expect(urls).toEqual(['https://acme.my.salesforce.com/x']);
  });
});

describe('A link that an API returns as a path', () => {
  it.each([
    ['salesforce', '/services/data/v60.0', '/services/data/v60.0/query/01g-2000'],
    ['snowflake', '/api/v2', '/api/v2/statements/01?partition=1'],
  ])('of %s is not appended to the path of the base URL', async (connector, base, link) => {
    const { connectors, provider } = await providerCalls({
      connector,
      feature: ({ url }) => ({ baseURL: `${url}${base}` }),
      respond: (_, response) => {
        json(response, 200, {});
      },
    });
    await connectors.fetch(connector, link);
    await firstValueFrom(connectors.http(connector).get(link));
    await connectors.fetch(connector, '/other');
    expect(provider.requests.map(({ path }) => path)).toEqual([link, link, `${base}/other`]);
  });
});
