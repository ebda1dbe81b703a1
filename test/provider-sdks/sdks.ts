import type { Agent } from 'node:https';
import { calendar } from '@googleapis/calendar';
import { LogLevel } from '@slack/web-api';
import { LogLevel as LogLevel7 } from 'slack-web-api-7';
import {
  CONNECTORS,
  type ConnectorRef,
  type ConnectorsService,
  type ProviderAddress,
} from 'nestjs-base44-connectors';
import { createDropbox } from '../guides/03-provider-calls/dropbox.client.js';
import { createCalendar } from '../guides/03-provider-calls/google-calendar.client.js';
import { createGoogleAuth } from '../guides/03-provider-calls/google-auth.client.js';
import { createContacts } from '../guides/03-provider-calls/hubspot.client.js';
import { createLinear } from '../guides/03-provider-calls/linear.client.js';
import { createGraph } from '../guides/03-provider-calls/microsoft-graph.client.js';
import { createNotion } from '../guides/03-provider-calls/notion.client.js';
import { createOctokit } from '../guides/03-provider-calls/octokit.client.js';
import { createApi } from '../guides/03-provider-calls/openapi.client.js';
import { createSlack } from '../guides/03-provider-calls/slack.client.js';
import { createSlack7 } from '../guides/03-provider-calls/slack-7.client.js';

/** What a client of an SDK does in these tests. The provider receives the mark. */
export interface SdkClient {
  /** Reads, with a `GET` unless the API has none. */
  read(mark: string): Promise<unknown>;
  /** Writes with a `POST`. */
  write(mark: string): Promise<unknown>;
}

export interface Access {
  readonly connectors: ConnectorsService;
  readonly connector: ConnectorRef;
  /** The address of a connector that the catalogue does not list. */
  readonly address?: ProviderAddress;
  readonly agent: Agent;
}

/** An SDK, the connector of its provider, and the response of the provider. */
export interface Sdk {
  readonly name: string;
  readonly connector: keyof typeof CONNECTORS;
  readonly answer: object;
  /** The status of the response to a `POST`. The default is 200. */
  readonly created?: number;
  /** The headers of the response. */
  readonly headers?: Record<string, string>;
  /** Whether the SDK gets the token itself, so that it alone decides where the token goes. */
  readonly hasToken?: boolean;
  /** The body of a 200 with which the provider rejects a token. The default is a 401. */
  readonly reject?: object;
  readonly create: (access: Access) => SdkClient;
}

type Fetch = typeof fetch;

const byFetch =
  (create: (fetch: Fetch) => SdkClient) =>
  ({ connectors, connector, address }: Access): SdkClient =>
    create(connectors.fetchFor(connector, address));

const SLACK_REJECTION = { ok: false, error: 'token_revoked' };

interface Paths {
  '/crm/v3/objects/{id}': {
    get: {
      parameters: { path: { id: string } };
      responses: { 200: { content: { 'application/json': object } } };
    };
    post: {
      parameters: { path: { id: string } };
      requestBody: { content: { 'application/json': { name: string } } };
      responses: { 200: { content: { 'application/json': object } } };
    };
  };
}

export const SDKS: readonly Sdk[] = [
  {
    name: '@slack/web-api 8',
    connector: 'slack',
    answer: { ok: true },
    reject: SLACK_REJECTION,
    create: byFetch((fetch) => {
      const slack = createSlack(fetch, { logLevel: LogLevel.ERROR });
      return {
        read: (mark) => slack.users.info({ user: mark }),
        write: (mark) => slack.chat.postMessage({ channel: '#x', text: mark }),
      };
    }),
  },
  {
    name: '@slack/web-api 7',
    connector: 'slack',
    answer: { ok: true },
    reject: SLACK_REJECTION,
    create: ({ connectors, connector, address, agent }) => {
      const http = connectors.http(connector, address);
      const slack = createSlack7(http, { agent, logLevel: LogLevel7.ERROR });
      return {
        read: (mark) => slack.users.info({ user: mark }),
        write: (mark) => slack.chat.postMessage({ channel: '#x', text: mark }),
      };
    },
  },
  {
    name: '@octokit/core',
    connector: 'github',
    answer: { login: 'ada' },
    create: byFetch((fetch) => {
      const octokit = createOctokit(fetch);
      return {
        read: (mark) => octokit.request('GET /users/{username}', { username: mark }),
        write: (mark) => octokit.request('POST /user/repos', { name: mark }),
      };
    }),
  },
  {
    name: '@googleapis/calendar',
    connector: 'googlecalendar',
    answer: { items: [] },
    create: byFetch((fetch) => {
      const { events } = createCalendar(fetch);
      return {
        read: (mark) => events.list({ calendarId: mark }),
        write: (mark) => events.insert({ calendarId: 'primary', requestBody: { summary: mark } }),
      };
    }),
  },
  {
    name: '@googleapis/calendar with google-auth-library',
    connector: 'googlecalendar',
    answer: { items: [] },
    hasToken: true,
    create: ({ connectors, connector }) => {
      const auth = createGoogleAuth(connectors, connector);
      const settings = { retry: false, fetchImplementation: fetch };
      const { events } = calendar({ version: 'v3', auth, ...settings });
      return {
        read: (mark) => events.list({ calendarId: mark }),
        write: (mark) => events.insert({ calendarId: 'primary', requestBody: { summary: mark } }),
      };
    },
  },
  {
    name: 'openapi-fetch',
    connector: 'hubspot',
    answer: {},
    create: byFetch((fetch) => {
      const api = createApi<Paths>(fetch, CONNECTORS.hubspot.baseURL);
      const path = '/crm/v3/objects/{id}';
      return {
        read: (mark) => api.GET(path, { params: { path: { id: mark } } }),
        write: (mark) => api.POST(path, { params: { path: { id: '1' } }, body: { name: mark } }),
      };
    }),
  },
  {
    name: '@notionhq/client',
    connector: 'notion',
    answer: { object: 'page' },
    create: byFetch((fetch) => {
      const notion = createNotion(fetch);
      return {
        read: (mark) => notion.pages.retrieve({ page_id: mark }),
        write: (mark) => notion.search({ query: mark }),
      };
    }),
  },
  {
    name: '@linear/sdk',
    connector: 'linear',
    answer: {
      data: {
        issue: {
          id: '1',
          reactions: [],
          labelIds: [],
          sharedAccess: { disallowedIssueFields: [], sharedWithUsers: [] },
        },
        commentCreate: { success: true, comment: { id: '1' } },
      },
    },
    create: byFetch((fetch) => {
      const linear = createLinear(fetch);
      return {
        read: (mark) => linear.issue(mark),
        write: (mark) => linear.createComment({ issueId: '1', body: mark }),
      };
    }),
  },
  {
    name: 'dropbox',
    connector: 'dropbox',
    answer: {},
    headers: { 'Dropbox-API-Result': '{}' },
    create: byFetch((fetch) => {
      const dropbox = createDropbox(fetch);
      return {
        read: (mark) => dropbox.filesDownload({ path: `/${mark}` }),
        write: (mark) => dropbox.filesCreateFolderV2({ path: `/${mark}` }),
      };
    }),
  },
  {
    name: '@microsoft/microsoft-graph-client',
    connector: 'outlook',
    answer: { value: [] },
    create: byFetch((fetch) => {
      const graph = createGraph(fetch);
      return {
        read: (mark) => graph.api(`/me/messages/${mark}`).get() as Promise<unknown>,
        write: (mark) => graph.api('/me/messages').post({ subject: mark }) as Promise<unknown>,
      };
    }),
  },
  {
    name: '@hubspot/api-client',
    connector: 'hubspot',
    created: 201,
    answer: { id: '1', properties: {}, createdAt: '2026-01-01', updatedAt: '2026-01-01' },
    create: byFetch((fetch) => {
      const contacts = createContacts(fetch);
      return {
        read: (mark) => contacts.getById(mark),
        write: (mark) => contacts.create({ properties: { lastname: mark }, associations: [] }),
      };
    }),
  },
];
