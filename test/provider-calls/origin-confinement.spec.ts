import type { HttpService } from '@nestjs/axios';
import { Test } from '@nestjs/testing';
import { isAxiosError } from 'axios';
import fc from 'fast-check';
import {
  ConnectorsModule,
  ConnectorsService,
  getConnectorHttpToken,
  isConnectorsError,
  type ProviderAddress,
} from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { OpenNetwork } from '../support/open-network.js';
import { scaled } from '../support/scale.js';
import { subdomains, tails, urls } from './origin-confinement.fixture.js';

const SEED = 46;
const RUNS = scaled(25_000, 1_500);
const TOKEN = 'access-token-that-stays-where-it-belongs';
const REDIRECT = '/redirect/';

type Send = (url: string) => Promise<unknown>;

/** Starts an application in a network in which every host exists. `account` is its connection. */
async function application(feature: ProviderAddress) {
  const account: { connectionConfig: Record<string, string> | null } = { connectionConfig: null };
  const network = await OpenNetwork.open((path) =>
    path.startsWith(REDIRECT)
      ? Buffer.from(path.slice(REDIRECT.length), 'base64url').toString()
      : undefined,
  );
  const getConnection = async () => ({ accessToken: TOKEN, ...account });
  const client = { getConnection, getWorkspaceConnection: getConnection };
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ appId: 'app1', client, cache: false }),
      ConnectorsModule.forFeature([{ connector: 'crm', ...feature }]),
    ],
  }).compile();
  await module.init();
  closeAfterTest(() => module.close());
  const connectors = module.get(ConnectorsService);
  const http = module.get<HttpService>(getConnectorHttpToken('crm'), { strict: false });
  // A connector that is not declared, so that each call has the address.
  const undeclared = { workspaceConnector: 'erp' };
  const fetchErp = connectors.fetchFor(undeclared, feature);
  const httpErp = connectors.http(undeclared, feature);
  const { httpAgent, httpsAgent } = network;
  for (const { axiosRef } of [http, httpErp]) {
    Object.assign(axiosRef.defaults, { httpAgent, httpsAgent, validateStatus: null });
  }
  const senders: [string, Send][] = [
    ['connectors.fetch', (url) => connectors.fetch('crm', url)],
    ['HttpService', (url) => firstValueFrom(http.get(url))],
    ['connectors.fetch with an address', (url) => connectors.fetch(undeclared, url, feature)],
    ['connectors.fetchFor with an address', (url) => fetchErp(url)],
    ['HttpService with an address', (url) => firstValueFrom(httpErp.get(url))],
  ];
  return { account, network, senders };
}

/** Sends a request, and expects a response, a typed error, or a network error of `fetch` or axios. */
async function sent(send: Send, url: string): Promise<boolean> {
  try {
    await send(url);
    return true;
  } catch (error) {
    const { name, code } = error as { name: string; code?: string };
    expect(isConnectorsError(error) || name === 'TypeError' || isAxiosError(error)).toBe(true);
    if (isConnectorsError(error)) {
      expect(['ORIGIN_NOT_ALLOWED', 'INVALID_REQUEST', 'UNEXPECTED_RESPONSE']).toContain(code);
    }
    return false;
  }
}

/** Lists the targets that the token reached. */
function getReached({ arrivals }: OpenNetwork): string[] {
  const withToken = arrivals.filter(({ sent: text }) => text.includes(TOKEN));
  return [...new Set(withToken.map(({ target }) => target))].sort();
}

describe('The token of a connector', () => {
  it('reaches no origin except the allowed ones, for every URL', async () => {
    const { network, senders } = await application({
      baseURL: 'https://api.crm.example/v1',
      allowedOrigins: ['https://upload.crm.example'],
    });
    for (const [name, send] of senders) {
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(urls, async (url) => {
          if (await sent(send, url)) answered += 1;
        }),
        { numRuns: RUNS, seed: SEED, examples: [['https://upload.crm.example/v1']] },
      );
      expect(getReached(network)).toEqual([
        'https://api.crm.example:443',
        'https://upload.crm.example:443',
      ]);
      // Without a redirect, no other target gets a request.
      expect(network.arrivals.filter(({ sent: text }) => !text.includes(TOKEN))).toEqual([]);
      printFigure(`${name}: fuzzed URLs, of them sent`, `${RUNS}, ${answered}`);
      network.arrivals.length = 0;
    }
  });

  it('reaches no other origin after a redirect', async () => {
    const { network, senders } = await application({ baseURL: 'https://api.crm.example' });
    for (const [name, send] of senders) {
      await fc.assert(
        fc.asyncProperty(urls, async (url) => {
          await sent(send, `${REDIRECT}${Buffer.from(url).toString('base64url')}`);
        }),
        { numRuns: RUNS / 5, seed: SEED },
      );
      expect(getReached(network)).toEqual(['https://api.crm.example:443']);
      const elsewhere = network.arrivals.filter(({ sent: text }) => !text.includes(TOKEN));
      expect(elsewhere.length).toBeGreaterThan(RUNS / 250);
      expect(elsewhere.filter(({ target }) => !target.startsWith('https:'))).toEqual([]);
      printFigure(
        `${name}: fuzzed redirects, of them followed elsewhere`,
        `${RUNS / 5}, ${elsewhere.length}`,
      );
      network.arrivals.length = 0;
    }
  });

  it('reaches no host except those of the template, for every account', async () => {
    const { account, network, senders } = await application({
      baseURL: 'https://{subdomain}.crm.example/{subdomain}/v1',
    });
    for (const [name, send] of senders) {
      let answered = 0;
      await fc.assert(
        fc.asyncProperty(subdomains, tails, async (subdomain, tail) => {
          account.connectionConfig = { subdomain };
          if (await sent(send, tail)) answered += 1;
        }),
        { numRuns: RUNS, seed: SEED },
      );
      const targets = getReached(network);
      expect(targets.length).toBeGreaterThan(5);
      expect(
        targets.filter((one) => !/^https:\/\/[a-z0-9-]+\.crm\.example:443$/.test(one)),
      ).toEqual([]);
      printFigure(`${name}: fuzzed accounts, of them sent`, `${RUNS}, ${answered}`);
      network.arrivals.length = 0;
    }
  });

  it.each([null, {}, { other: 'acme' }, Object.create({ subdomain: 'acme' }) as object])(
    'is not sent when the connection has no subdomain: %p',
    async (connectionConfig) => {
      const { account, network, senders } = await application({
        baseURL: 'https://{subdomain}.crm.example',
      });
      account.connectionConfig = connectionConfig as Record<string, string> | null;
      for (const [, send] of senders) {
        await expect(send('/x')).rejects.toMatchObject({
          code: 'UNEXPECTED_RESPONSE',
          message: expect.stringContaining("'subdomain'") as string,
        });
      }
      expect(network.arrivals).toEqual([]);
    },
  );

  it('is not requested for a URL of another origin', async () => {
    const { network, senders } = await application({ baseURL: 'https://api.crm.example' });
    for (const [name, send] of senders) {
      const connector = name.endsWith('address') ? 'erp' : 'crm';
      await expect(send('https://evil.example/x')).rejects.toMatchObject({
        code: 'ORIGIN_NOT_ALLOWED',
        message:
          `The token of connector '${connector}' must not be sent to https://evil.example, only to ` +
          'https://api.crm.example. Declare other origins in ConnectorsModule.forFeature().',
      });
    }
    expect(network.arrivals).toEqual([]);
  });
});
