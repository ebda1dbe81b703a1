import { type Base44Client, createClientFromRequest } from '@base44/sdk';
import type { ConnectorsService, IncomingRequest } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { settle } from '../support/async.js';
import {
  type RecordedRequest,
  startRecordingServer,
  type RecordingServer,
  type Responder,
} from '../support/recording-server.js';
import { TRANSPORT_HEADERS } from './intended-differences.js';

/** The names of the headers that Base44 adds to forwarded requests. */
export type Base44Headers = Readonly<Partial<Record<HeaderName, string>>>;

export const HEADER_NAMES = [
  'Authorization',
  'Base44-Service-Authorization',
  'Base44-App-Id',
  'Base44-Api-Url',
  'Base44-Functions-Version',
  'Base44-State',
  'X-Data-Env',
] as const;

export type HeaderName = (typeof HEADER_NAMES)[number];

/** The result of a call: its requests, their servers, and its outcome. */
export interface Observation {
  readonly sent: readonly object[] | 'to base44.app';
  readonly outcome: object;
  readonly code?: unknown;
}

interface Operation {
  readonly ours: (service: ConnectorsService) => Promise<unknown>;
  readonly theirs: (client: Base44Client) => Promise<unknown>;
}

const BASE44 = 'https://base44.app';

const call = { path: '/users', method: 'POST', body: { a: 1 } } as const;

export const OPERATIONS = {
  getConnection: {
    ours: (service) => service.getConnection('slack'),
    theirs: (client) => client.asServiceRole.connectors.getConnection('slack'),
  },
  getWorkspaceConnection: {
    ours: (service) => service.getWorkspaceConnection('ws1'),
    theirs: (client) => client.asServiceRole.connectors.getWorkspaceConnection('ws1'),
  },
  getCurrentAppUserConnection: {
    ours: (service) => service.getCurrentAppUserConnection('cal1'),
    theirs: (client) => client.asServiceRole.connectors.getCurrentAppUserConnection('cal1'),
  },
  callApi: {
    ours: (service) => service.callApi('x', call),
    theirs: (client) => client.asServiceRole.connectors.callApi('x', call),
  },
  connectAppUser: {
    ours: (service) => service.connectAppUser('cal1'),
    theirs: (client) => client.connectors.connectAppUser('cal1'),
  },
  disconnectAppUser: {
    ours: (service) => service.disconnectAppUser('cal1'),
    theirs: (client) => client.connectors.disconnectAppUser('cal1'),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

/** Creates a request like that of Fetch, with untrimmed values, or like that of Node.js. */
export function createRequest(headers: Base44Headers, style: 'fetch' | 'node'): FetchLike {
  const byName = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const get = (name: string): string | null => byName.get(name.toLowerCase()) ?? null;
  return { headers: style === 'fetch' ? { get } : Object.fromEntries(byName) } as FetchLike;
}

type FetchLike = IncomingRequest & { readonly headers: Headers };

const answer: Responder = ({ method, path }, response) => {
  response
    .setHeader('Content-Type', 'application/json')
    .end(JSON.stringify(createBody(method, path)));
};

function createBody(method: string, path: string): object {
  if (path.endsWith('/call')) return { success: true, phase: 'responded', data: null };
  if (path.endsWith('/initiate')) return { redirect_url: 'https://provider.example/consent' };
  return method === 'DELETE' ? { status: 'disconnected' } : { access_token: 'oauth' };
}

interface Arrival {
  readonly server: 'own' | 'further' | 'stranger';
  readonly request: RecordedRequest;
}

/** This package and the official SDK with the same servers: the configured one, a trusted one, and another one. */
export class Contest {
  private constructor(
    readonly own: RecordingServer,
    readonly further: RecordingServer,
    readonly stranger: RecordingServer,
    private readonly arrived: Arrival[],
  ) {}

  static async start(): Promise<Contest> {
    const arrived: Arrival[] = [];
    const listen = (server: Arrival['server']): Promise<RecordingServer> =>
      startRecordingServer((request, response) => {
        arrived.push({ server, request });
        answer(request, response);
      });
    const own = await listen('own');
    return new Contest(own, await listen('further'), await listen('stranger'), arrived);
  }

  product(serviceToken?: string): Promise<ConnectorsService> {
    const request = {
      base44Headers: true,
      trustedServerUrls: [this.further.url],
      trustedAppIds: ['app2'],
    };
    return createConnectors({ serverUrl: this.own.url, appId: 'app1', serviceToken, request });
  }

  async ours(
    product: ConnectorsService,
    operation: OperationName,
    request: IncomingRequest,
  ): Promise<Observation> {
    return this.#observe(() => OPERATIONS[operation].ours(product.forRequest(request)));
  }

  /** Prevents requests of the SDK to the real Base44. */
  async theirs(operation: OperationName, headers: Base44Headers): Promise<Observation> {
    process.env.NODE_ENV = 'production';
    let server = '';
    const observed = await this.#observe(async () => {
      const client = createClientFromRequest(createRequest(headers, 'fetch') as unknown as Request);
      client.cleanup();
      server = client.getConfig().serverUrl;
      if (server === BASE44) throw new Error('it is not asked');
      return OPERATIONS[operation].theirs(client);
    });
    return server === BASE44 ? { sent: 'to base44.app', outcome: {} } : observed;
  }

  async #observe(work: () => Promise<unknown>): Promise<Observation> {
    this.arrived.length = 0;
    const outcome = await settle(work);
    const sent = this.arrived.map(({ server, request }) => ({ server, ...onWire(request) }));
    if (!('error' in outcome)) return { sent, outcome };
    const { code } = outcome.error as { code?: unknown };
    return { sent, outcome: { failed: true }, code };
  }
}

/** Returns what must be equal in both. Error classes may differ. */
export function toComparable({ sent, outcome }: Observation): object {
  return { sent, outcome };
}

function onWire({ method, path, headers, body }: RecordedRequest): object {
  const kept = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !(name in TRANSPORT_HEADERS));
  return { method, path, headers: Object.fromEntries(kept), count: kept.length, body };
}
