import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  Base44UnavailableError,
  type Connector,
  type ConnectorConnection,
  ConnectorNotConnectedError,
  type ConnectorsService,
  type Identity,
  isConnectorsError,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { openTestServer } from '../support/open-server.js';

/** The identity to which a token belongs. */
export interface Owner {
  readonly app: string;
  readonly service: string;
  readonly user: string;
  readonly dataEnv: string | undefined;
}

interface Issued extends Owner {
  readonly connector: string;
  /** The number of times that the owner disconnected before. */
  readonly generation: number;
}

export const toName = ({ app, service, user, dataEnv }: Owner, connector: string): string =>
  JSON.stringify([app, service, user, dataEnv, connector]);

/** Pseudorandom numbers that are the same in each run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const TOKEN = /^\/api\/apps\/([^/]+)\/app-user-auth\/connectors\/([^/]+)\/token$/;
const CONNECTION = /^\/api\/apps\/([^/]+)\/app-user-auth\/connectors\/([^/]+?)(?:\/initiate)?$/;

/** A Base44 of any number of apps and users. Each token contains the identity of its request. */
export class OwnersServer {
  requests = 0;
  /** The percentage of requests that fail. */
  faultsPerCent = 0;
  url = '';
  readonly #generations = new Map<string, number>();
  readonly #random = randomNumbers(7);

  static async start(): Promise<OwnersServer> {
    const owners = new OwnersServer();
    const server = createServer((request, response) => {
      request.resume().once('end', () => {
        owners.#answer(request, response);
      });
    });
    owners.url = (await openTestServer(server)).url;
    return owners;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests += 1;
    if (this.#random() * 100 < this.faultsPerCent) {
      // No page with a 200, because a connection would count as disconnected.
      const faults = request.method === 'DELETE' ? FAULTS.slice(1) : FAULTS;
      faults[Math.floor(this.#random() * faults.length)]!(response);
      return;
    }
    const { url = '', method } = request;
    if (method === 'GET') this.#give(request, response, TOKEN.exec(url));
    else this.#connectOrEnd(request, response, CONNECTION.exec(url));
  }

  #give(request: IncomingMessage, response: ServerResponse, path: RegExpExecArray | null): void {
    const [, app = '', connector = ''] = path ?? [];
    const owner = {
      app,
      service: parseBearer(request.headers.authorization),
      user: parseBearer(request.headers['on-behalf-of']),
      dataEnv: request.headers['x-data-env'] as string | undefined,
    };
    const generation = this.#generations.get(nameInEveryEnv(owner, connector)) ?? 0;
    const issued: Issued = { ...owner, connector, generation };
    send(response, 200, {
      access_token: Buffer.from(JSON.stringify(issued)).toString('base64url'),
    });
  }

  #connectOrEnd(
    request: IncomingMessage,
    response: ServerResponse,
    path: RegExpExecArray | null,
  ): void {
    const [, app = '', connector = ''] = path ?? [];
    const user = parseBearer(request.headers.authorization);
    if (request.method === 'DELETE') {
      const name = nameInEveryEnv({ app, user }, connector);
      this.#generations.set(name, (this.#generations.get(name) ?? 0) + 1);
      send(response, 200, { status: 'disconnected' });
      return;
    }
    const page = [app, user, connector].map(encodeURIComponent).join('/');
    send(response, 200, { redirect_url: `${this.url}/consent/${page}` });
  }
}

const nameInEveryEnv = ({ app, user }: Pick<Owner, 'app' | 'user'>, connector: string): string =>
  JSON.stringify([app, user, connector]);

const FAULTS: ((response: ServerResponse) => void)[] = [
  (response) => {
    send(response, 200, '<html>');
  },
  ...[401, 404, 429, 500, 503].map((status) => (response: ServerResponse) => {
    send(response, status, { detail: 'no' });
  }),
  (response) => {
    response.req.socket.resetAndDestroy();
  },
  (response) => {
    setTimeout(() => response.req.socket.destroy(), 20);
  },
];

/** The same without sockets, for more users. */
export class OwnersClient extends ServiceRoleClient {
  requests = 0;
  readonly #generations = new Map<string, number>();
  readonly #random = randomNumbers(7);

  async fetchConnection(
    { id }: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorConnection> {
    const owner = toOwner(identity);
    const name = nameInEveryEnv(owner, id);
    const generation = this.#generations.get(name) ?? 0;
    await this.#takeTime(id, signal);
    const issued: Issued = { ...owner, connector: id, generation };
    const accessToken = Buffer.from(JSON.stringify(issued)).toString('base64url');
    return { accessToken, connectionConfig: null };
  }

  async connectAppUser(id: string, _identity: Identity, signal: AbortSignal) {
    await this.#takeTime(id, signal);
    return { redirectUrl: 'https://provider.example/', isAlreadyAuthorized: false };
  }

  async disconnectAppUser(id: string, identity: Identity, signal: AbortSignal): Promise<void> {
    await this.#takeTime(id, signal);
    const name = nameInEveryEnv(toOwner(identity), id);
    this.#generations.set(name, (this.#generations.get(name) ?? 0) + 1);
  }

  async callApi(): Promise<never> {
    throw new Error('not expected');
  }

  async #takeTime(connector: string, signal: AbortSignal): Promise<void> {
    this.requests += 1;
    for (let ticks = this.#random() * 5; ticks > 0; ticks -= 1) {
      await new Promise((done) => setImmediate(done));
    }
    signal.throwIfAborted();
    const dice = this.#random();
    if (dice < 0.03) throw new Base44UnavailableError({ connector }, 'it failed');
    if (dice < 0.05) throw new ConnectorNotConnectedError({ appId: '', connector }, 404);
  }
}

function toOwner({ appId: app, serviceToken, userToken, dataEnv }: Identity): Owner {
  const service = serviceToken?.reveal() ?? `service-of-${app}`;
  return { app, service, user: userToken?.reveal() ?? '', dataEnv };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function parseBearer(header: string | string[] | undefined): string {
  return /^Bearer (\S+)$/.exec(String(header))?.[1] ?? '';
}

/** Returns the service that acts for an owner. */
export type GetService = (owner: Owner) => ConnectorsService;

const EXPECTED_CODES = new Set([
  'APP_USER_REQUIRED',
  'BASE44_UNAVAILABLE',
  'CONNECTOR_NOT_CONNECTED',
  'RATE_LIMITED',
  'UNEXPECTED_RESPONSE',
]);

/** Resolves, invalidates, connects and disconnects for many owners, and records every foreign token. */
export class Crowd {
  readonly violations: string[] = [];
  resolves = 0;
  given = 0;
  failed = 0;
  aborted = 0;
  /** The oldest generation that an owner may still get. */
  readonly #ended = new Map<string, number>();
  readonly #random: () => number;

  constructor(
    private readonly actingFor: GetService,
    seed: number,
  ) {
    this.#random = randomNumbers(seed);
  }

  /** Runs steps concurrently, each together with one for an owner of the previous steps. */
  async run(steps: readonly (readonly [Owner, string])[], atATime = 20): Promise<void> {
    let next = 0;
    const walk = async (): Promise<void> => {
      while (next < steps.length) {
        const at = next++;
        const [owner, connector] = steps[at]!;
        const [before] = steps[Math.max(0, at - Math.floor(this.#random() * 400))]!;
        await Promise.all([
          this.#step(owner, connector),
          this.#step(at % 2 === 0 ? owner : before, connector),
        ]);
      }
    };
    await Promise.all(Array.from({ length: atATime }, walk));
  }

  async #step(owner: Owner, connector: string): Promise<void> {
    const dice = this.#random() * 1_000;
    const service = this.actingFor(owner);
    if (dice < 0.2) await service.invalidate();
    else if (dice < 20) await service.invalidate({ appUserConnector: connector });
    else if (dice < 35) await this.#end(service, owner, connector);
    else if (dice < 50) await service.connectAppUser(connector).catch(this.#noteFailure);
    else if (dice < 130) await this.#abort(service, owner, connector);
    else await this.#resolve(service, owner, connector, { fresh: dice < 160 });
  }

  async #end(service: ConnectorsService, owner: Owner, connector: string): Promise<void> {
    const generation = (await this.#generationOf(service, connector)) ?? 0;
    const isEnded = await service.disconnectAppUser(connector).then(
      () => true,
      (error: unknown) => this.#noteFailure(error),
    );
    const name = toName(owner, connector);
    const oldest = Math.max(this.#ended.get(name) ?? 0, generation + 1);
    if (isEnded) this.#ended.set(name, oldest);
  }

  async #generationOf(service: ConnectorsService, connector: string): Promise<number | undefined> {
    return service.getCurrentAppUserConnection(connector).then(
      ({ accessToken }) => parseIssued(accessToken).generation,
      () => undefined,
    );
  }

  async #abort(service: ConnectorsService, owner: Owner, connector: string): Promise<void> {
    const abort = new AbortController();
    const resolving = this.#resolve(service, owner, connector, { signal: abort.signal });
    if (this.#random() < 0.5) await new Promise((done) => setImmediate(done));
    abort.abort(ABORTED);
    await resolving;
  }

  async #resolve(
    service: ConnectorsService,
    owner: Owner,
    connector: string,
    options: { fresh?: boolean; signal?: AbortSignal },
  ): Promise<void> {
    this.resolves += 1;
    const oldest = this.#ended.get(toName(owner, connector)) ?? 0;
    try {
      const { accessToken } = await service.getCurrentAppUserConnection(connector, options);
      this.given += 1;
      this.#check(parseIssued(accessToken), owner, connector, oldest);
    } catch (error) {
      if (error === ABORTED) this.aborted += 1;
      else this.#noteFailure(error);
    }
  }

  #check(issued: Issued, owner: Owner, connector: string, oldest: number): void {
    const wanted = toName(owner, connector);
    const got = toName(issued, issued.connector);
    if (got !== wanted) this.violations.push(`${got} for ${wanted}`);
    if (issued.generation < oldest) this.violations.push(`${wanted} got a disconnected one`);
  }

  readonly #noteFailure = (error: unknown): false => {
    this.failed += 1;
    const isExpected = isConnectorsError(error) && EXPECTED_CODES.has(error.code);
    if (!isExpected) this.violations.push(String(error));
    return false;
  };
}

const ABORTED = new Error('aborted');

function parseIssued(accessToken: string): Issued {
  return JSON.parse(Buffer.from(accessToken, 'base64url').toString()) as Issued;
}

/** Returns a step for each user, connector and app, in random order. */
export function createSteps(
  { apps, users, connectors }: { apps: number; users: number; connectors: number },
  dataEnvs: readonly (string | undefined)[] = [undefined],
): (readonly [Owner, string])[] {
  const random = randomNumbers(44);
  const steps = Array.from({ length: apps * users * connectors }, (_, index) => {
    const app = `app${index % apps}`;
    const user = `user-${Math.floor(index / apps) % users}`;
    const connector = `con${Math.floor(index / apps / users)}`;
    const dataEnv = dataEnvs[Math.floor(random() * dataEnvs.length)];
    return [random(), { app, service: `service-of-${app}`, user, dataEnv }, connector] as const;
  });
  return steps
    .sort(([one], [other]) => one - other)
    .map(([, owner, connector]) => [owner, connector]);
}
