import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpService } from '@nestjs/axios';
import { Axios, type AxiosInstance, type AxiosResponse } from 'axios';
import type { ConnectorsOptions } from '../options/connectors.options.js';

/** Gives every text as it came: what it means is the parser's business. */
const passThrough: ((data: unknown) => unknown)[] = [(data) => data];

const POOL = { keepAlive: true, maxFreeSockets: 64 };

const SETTINGS = {
  adapter: 'http',
  allowAbsoluteUrls: false,
  maxRedirects: 0,
  responseType: 'text',
  transformRequest: passThrough,
  transformResponse: passThrough,
  validateStatus: () => true,
} as const;

/**
 * An `HttpService` with an axios instance of its own, so that no interceptor and
 * no default of the application's axios sees a token. It follows no redirect,
 * uses no proxy unless told to, and holds nothing secret.
 *
 * @internal
 */
export function createBase44Http({
  useEnvironmentProxy,
}: Pick<ConnectorsOptions, 'useEnvironmentProxy'>): HttpService {
  // Not axios.create(), which takes over what the application set on axios.defaults.
  const client = new Axios({
    ...SETTINGS,
    // Not the global agents, which Node.js can lead through a proxy.
    httpAgent: new HttpAgent(POOL),
    httpsAgent: new HttpsAgent(POOL),
    ...(useEnvironmentProxy ? {} : { proxy: false }),
    headers: {
      Accept: 'application/json',
      'Content-Type': 'application/json',
    } as never,
  });
  const request = client.request.bind(client);
  return new HttpService(Object.assign(client, { request }) as unknown as AxiosInstance);
}

/**
 * Closes the connections that are kept open.
 *
 * @internal
 */
export function closeBase44Http(http: HttpService): void {
  for (const agent of agentsOf(http)) agent.destroy();
}

/**
 * Closes the connections that nobody uses at the moment.
 *
 * @internal
 */
export function dropIdleConnections(http: HttpService): void {
  for (const { freeSockets } of agentsOf(http)) {
    for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
  }
}

function agentsOf({ axiosRef: { defaults } }: HttpService): HttpAgent[] {
  return [defaults.httpAgent as HttpAgent, defaults.httpsAgent as HttpsAgent];
}

/**
 * The body of an answer, parsed where it is JSON, its text where it is not.
 *
 * @internal
 */
export function parseBody({ data }: AxiosResponse<unknown>): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}
