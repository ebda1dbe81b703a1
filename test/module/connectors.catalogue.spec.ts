import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Test } from '@nestjs/testing';
import {
  type ConnectorDescription,
  CONNECTORS,
  ConnectorsModule,
  ConnectorsService,
  OriginNotAllowedError,
} from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';

const SOURCE = path.resolve(import.meta.dirname, '../../lib/connectors.catalogue.ts');

/** The connectors that Base44 documents. */
const DOCUMENTED =
  'airtable bamboohr box calendly clickup contentful databricks discord dropbox github gitlab gmail googleads ' +
  'google_analytics googlebigquery googlecalendar google_classroom googledocs googledrive googlemeet ' +
  'google_search_console googlesheets googleslides googletasks hubspot hugging_face instagram linear linkedin ' +
  'microsoft_teams one_drive notion outlook quickbooks salesforce share_point slack slackbot snowflake splitwise ' +
  'square supabase tiktok typeform wix wrike';

const METERED = ['googlemaps', 'x'];

/** The connectors of each provider with several. */
const FAMILIES: Readonly<Record<string, RegExp>> = {
  Google: /^(google|gmail$)/,
  Microsoft: /^(microsoft_teams|one_drive|outlook|share_point)$/,
  Slack: /^slack(bot)?$/,
};

/** The host depends on the account, and no `connectionConfig` contains it. */
const WITHOUT_BASE_URL = ['databricks', 'wrike'];

/** Base44 calls the metered ones. No page was found for the others, so a 401 is assumed. */
const WITHOUT_REJECTION_PAGE =
  'calendly clickup discord google_analytics google_classroom google_search_console googlebigquery googledocs googlemaps ' +
  'googlemeet googlesheets googleslides googletasks hugging_face linear snowflake splitwise supabase typeform wrike x';

const entries: [string, ConnectorDescription][] = Object.entries(CONNECTORS);

/** Returns the URL of a call. */
const filled = (url: string) =>
  url.replace('//{instance_url}', '//acme.my.salesforce.com').replace(/\{\w+\}/g, 'label');

const registrableDomain = (origin: string) =>
  new URL(filled(origin)).hostname.split('.').slice(-2).join('.');

const getProvider = (connector: string) =>
  Object.keys(FAMILIES).find((provider) => FAMILIES[provider]!.test(connector)) ?? connector;

/** Returns the comment above the entry of a connector in the source. */
function commentAbove(connector: string): string {
  const lines = readFileSync(SOURCE, 'utf8').split('\n');
  const above = lines.slice(0, lines.indexOf(`  ${connector}: {`));
  const isComment = (line: string) => line.trimStart().startsWith('//');
  return above.slice(above.findLastIndex((line) => !isComment(line)) + 1).join('\n');
}

describe('CONNECTORS', () => {
  it('contains the documented connectors and the metered ones, and no others', () => {
    const known = DOCUMENTED.split(' ');
    expect(known).toHaveLength(46);
    expect(Object.keys(CONNECTORS).sort()).toEqual([...known, ...METERED].sort());
  });

  it('marks the metered ones', () => {
    const metered = entries.filter(([, { isMetered }]) => isMetered).map(([name]) => name);
    expect(metered).toEqual(METERED);
  });

  it('has a base URL for all except those whose host depends on the account', () => {
    const without = entries.filter(([, { baseURL }]) => baseURL === undefined);
    expect(without.map(([name]) => name)).toEqual(WITHOUT_BASE_URL);
  });

  it('names the page that documents how tokens are rejected, or is known to have none', () => {
    const without = entries.filter(([, { rejectionUrl }]) => rejectionUrl === undefined);
    expect(without.map(([name]) => name).sort()).toEqual(WITHOUT_REJECTION_PAGE.split(' '));
    const withoutSource = without.filter(([, { tokenRejection }]) => tokenRejection !== undefined);
    expect(withoutSource).toEqual([]);
    for (const [, { rejectionUrl = 'https://none.example' }] of entries) {
      expect(new URL(rejectionUrl).protocol).toBe('https:');
    }
  });

  describe.each(entries)('%s', (connector, { name, baseURL, origins, documentationUrl }) => {
    it('has a name', () => {
      expect(name.trim()).toBe(name);
      expect(name).not.toBe('');
    });

    it('has normalized https origins without duplicates', () => {
      for (const origin of origins.map(filled)) {
        expect(new URL(origin).origin).toBe(origin);
        expect(new URL(origin).protocol).toBe('https:');
      }
      expect(new Set(origins).size).toBe(origins.length);
    });

    it('has a base URL below one of its origins, without a trailing slash', () => {
      if (baseURL === undefined) return;
      const url = new URL(filled(baseURL));
      expect(origins.map(filled)).toContain(url.origin);
      expect(url.origin + url.pathname.replace(/\/$/, '')).toBe(filled(baseURL));
    });

    it('has its documentation on https', () => {
      expect(new URL(documentationUrl).protocol).toBe('https:');
    });

    it('names the page of its source in a comment', () => {
      const [page = ''] = /https:\S+/.exec(commentAbove(connector)) ?? [];
      expect(URL.canParse(page)).toBe(true);
    });
  });

  it('shares no domain among providers', () => {
    const providers: Record<string, Set<string>> = {};
    for (const [connector, { origins }] of entries) {
      for (const domain of origins.map(registrableDomain)) {
        (providers[domain] ??= new Set()).add(getProvider(connector));
      }
    }
    const shared = Object.entries(providers).filter(([, { size }]) => size > 1);
    expect(shared).toEqual([]);
  });

  it.each([
    ['gmail', 'https://www.googleapis.com/gmail/v1/users/me/messages'],
    ['googlesheets', 'https://www.googleapis.com/drive/v3/files'],
    ['googledocs', 'https://www.googleapis.com/drive/v3/files'],
  ] as const)('lets the token of %s go to %s', (connector, url) => {
    expect(CONNECTORS[connector].origins).toContain(new URL(url).origin);
  });

  it('cannot be changed, because it limits where tokens may go', () => {
    const origins = CONNECTORS.slack.origins as unknown as string[];
    expect(() => origins.push('https://evil.example')).toThrow(TypeError);
    expect(() => Object.assign(CONNECTORS.slack, { origins: [] })).toThrow(TypeError);
    const codes = CONNECTORS.slack.tokenRejection.codes as unknown as string[];
    expect(() => codes.push('channel_not_found')).toThrow(TypeError);
    const scopes = CONNECTORS.github.scopeRejection.includes.repo as unknown as string[];
    expect(() => scopes.push('admin:org')).toThrow(TypeError);
    expect(() => Object.assign(CONNECTORS, { evil: CONNECTORS.slack })).toThrow(TypeError);
  });

  it('lets no token go to another origin', async () => {
    const names = Object.keys(CONNECTORS);
    const callable = entries
      .filter(([name, { origins }]) => origins.length > 0 && !METERED.includes(name))
      .map(([name]) => name);
    const connectionConfig = { subdomain: 'acme', instance_url: 'https://acme.my.salesforce.com' };
    const connection = { accessToken: 'test', connectionConfig };
    const tokens = Object.fromEntries(names.map((name) => [name, connection]));
    const module = await Test.createTestingModule({
      imports: [ConnectorsTestingModule.withTokens(tokens), ConnectorsModule.forFeature(callable)],
    }).compile();
    const connectors = module.get(ConnectorsService);

    for (const name of names) {
      const answer = connectors.fetch(name, 'https://elsewhere.example/');
      await expect(answer).rejects.toBeInstanceOf(OriginNotAllowedError);
    }
    for (const name of callable) {
      const { axiosRef } = connectors.http(name);
      axiosRef.defaults.baseURL = 'https://elsewhere.example';
      await expect(axiosRef.get('/')).rejects.toBeInstanceOf(OriginNotAllowedError);
    }
    await module.close();
  });
});
