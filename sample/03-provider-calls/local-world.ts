import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';

/** A request that arrived at a server, and its response. */
export interface Step {
  readonly to: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** The name of the token, because a trace contains no tokens. */
  readonly token: string;
  readonly status: number;
  /** The part of the response that matters here. */
  readonly says: string;
  /** The time since the previous step. */
  readonly waitedMs: number;
}

type Answer = readonly [status: number, body?: object, headers?: Readonly<Record<string, string>>];

/** An emulator of Base44 and stand-ins for the providers, which record every request. */
export class LocalWorld implements OnApplicationShutdown {
  #steps: Step[] = [];
  #lastAtMs = 0;
  readonly #tokenNames = new Map<string, string>();
  /** The names of the tokens that Base44 hands out, by connector. */
  readonly #current = new Map<string, string>();
  readonly #revoked = new Set<string>();
  /** The methods of Slack that have been called before. */
  readonly #called = new Set<string>();

  readonly google = this.#createServer('Google Calendar', (_path, token) => {
    if (this.#revoked.has(token)) return [401];
    return [200, { items: [{ summary: 'Stand-up' }, { summary: 'Lunch' }] }];
  });
  readonly slack = this.#createServer('Slack', (path) => {
    const isLimited = !this.#called.has(path);
    this.#called.add(path);
    // Slack executes no call that it limits, but a call that it fails with 503 may be executed.
    const status = path.endsWith('/chat.postMessage') ? 503 : 429;
    if (isLimited) return [status, {}, { 'Retry-After': '1' }];
    return [200, { channels: [{ name: 'general' }, { name: 'releases' }] }];
  });
  readonly github = this.#createServer('GitHub', (path) => {
    if (path === '/repositories/42') return [200, { full_name: 'acme/website' }];
    if (path === '/repos/acme/website/tarball') {
      return [302, {}, { Location: `${getOrigin(this.codeload)}/acme/website.tar.gz` }];
    }
    return [301, {}, { Location: `${getOrigin(this.github)}/repositories/42` }];
  });
  readonly codeload = this.#createServer('Codeload', () => [200]);
  readonly #servers = [this.google, this.slack, this.github, this.codeload];

  private constructor(readonly base44: Base44Emulator) {
    base44.fault({
      times: Infinity,
      respond: async ({ method, path, headers }, response, next) => {
        await next();
        const says = `hands out the ${this.#current.get(path.replace(/^.*\//, '')) ?? 'no token'}`;
        this.#record('Base44', { method, path, headers }, response.statusCode, says);
      },
    });
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    for (const server of world.#servers) await once(server.listen(0, '127.0.0.1'), 'listening');
    world.reset();
    return world;
  }

  reset(): void {
    for (const state of [this.#tokenNames, this.#revoked, this.#called]) state.clear();
    this.#tokenNames.set(this.base44.serviceToken, 'service token');
    for (const connector of ['googlecalendar', 'slack', 'github']) {
      this.renew(connector, 'first token');
    }
  }

  /** Makes Base44 hand out another token. */
  renew(connector: string, name: string): void {
    this.#tokenNames.set(this.base44.connect(connector).accessToken, name);
    this.#current.set(connector, name);
  }

  /** Makes Google Calendar reject a token. */
  revoke(name: string): void {
    this.#revoked.add(name);
  }

  /** Returns the steps since the last call. */
  takeSteps(): Step[] {
    this.#lastAtMs = performance.now();
    return this.#steps.splice(0);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const server of this.#servers) server.close();
    await this.base44.close();
  }

  #createServer(name: string, answer: (path: string, token: string) => Answer): Server {
    return createServer(({ method = '', url: path = '', headers }, response) => {
      const [status, body = {}, extra = {}] = answer(path, this.#getTokenName(headers));
      const says = Object.entries(extra).map((header) => header.join(': '));
      this.#record(name, { method, path, headers }, status, says.join());
      response.writeHead(status, { 'Content-Type': 'application/json', ...extra });
      response.end(JSON.stringify(body));
    });
  }

  #record(
    to: string,
    { headers, ...request }: { method: string; path: string; headers: IncomingHttpHeaders },
    status: number,
    says: string,
  ): void {
    const waitedMs = performance.now() - this.#lastAtMs;
    this.#lastAtMs += waitedMs;
    const { host = '' } = headers;
    const token = this.#getTokenName(headers);
    this.#steps.push({ to, host, ...request, token, status, says, waitedMs });
  }

  #getTokenName({ authorization = '' }: IncomingHttpHeaders): string {
    if (authorization === '') return 'no token';
    return this.#tokenNames.get(authorization.replace('Bearer ', '')) ?? 'unknown token';
  }
}

/** Returns the address of a server on this machine. */
export function getOrigin(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
