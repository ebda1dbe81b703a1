import {
  getHeader,
  type RecordedRequest,
  startRecordingServer,
  type RecordingServer,
} from '../support/recording-server.js';
import { json } from './provider-calls.fixture.js';

/** A redirect: its status, and the server of its location. */
export interface Hop {
  readonly status: number;
  readonly to: 'provider' | 'other';
  /** Sends only a path as the location, when that is possible. */
  readonly isRelative?: boolean;
}

/** Returns the path whose request is redirected along hops. The last response contains the request that arrived. */
export function createPath(hops: readonly Hop[]): string {
  return `/hops/${Buffer.from(JSON.stringify(hops)).toString('base64url')}`;
}

/** Two servers of different origins that redirect to each other. */
export class RedirectingServers {
  private constructor(
    readonly provider: RecordingServer,
    readonly other: RecordingServer,
  ) {}

  static async start(): Promise<RedirectingServers> {
    const urls: Partial<Record<Hop['to'], string>> = {};
    const [provider, other] = await Promise.all(
      (['provider', 'other'] as const).map((name) =>
        startRecordingServer((request, response) => {
          const [next, ...rest] = parseHops(request);
          if (next === undefined) {
            json(response, 200, { at: name, ...toSeen(request) });
            return;
          }
          const path = createPath(rest);
          const isRelative = next.isRelative === true && next.to === name;
          const location = isRelative ? path : `${urls[next.to]!}${path}`;
          json(response, next.status, { moved: true }, { Location: location });
        }),
      ),
    );
    Object.assign(urls, { provider: provider!.url, other: other!.url });
    return new RedirectingServers(provider!, other!);
  }
}

function parseHops({ path }: RecordedRequest): Hop[] {
  return JSON.parse(Buffer.from(path.replace('/hops/', ''), 'base64url').toString()) as Hop[];
}

/** Returns the parts of a request that a redirect may change. */
function toSeen(request: RecordedRequest): object {
  const headers = [
    ...['authorization', 'proxy-authorization', 'cookie', 'x-own'],
    ...['content-type', 'content-length', 'content-encoding', 'content-language'],
    'content-location',
  ];
  return {
    method: request.method,
    body: request.body,
    ...Object.fromEntries(headers.map((name) => [name, getHeader(request, name) ?? null])),
  };
}
