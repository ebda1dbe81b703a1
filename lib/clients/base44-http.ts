import { HttpService } from '@nestjs/axios';
import axios, { type AxiosResponse } from 'axios';
import type { ConnectorsOptions } from '../options/connectors.options.js';

/** Gives every text as it came: what it means is the parser's business. */
const asTheyAre = [(data: unknown): unknown => data];

/**
 * An `HttpService` with an axios instance of its own, so that no interceptor and
 * no default of the application's axios sees a token. It follows no redirect,
 * uses no proxy unless told to, and holds nothing secret.
 *
 * @internal
 */
export function createBase44Http({
  serverUrl,
  appId,
  useEnvironmentProxy,
}: Pick<ConnectorsOptions, 'serverUrl' | 'appId' | 'useEnvironmentProxy'>): HttpService {
  return new HttpService(
    axios.create({
      baseURL: `${serverUrl}/api`,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        'X-App-Id': appId,
      },
      allowAbsoluteUrls: false,
      maxRedirects: 0,
      ...(useEnvironmentProxy ? {} : { proxy: false }),
      responseType: 'text',
      transformRequest: asTheyAre as [],
      transformResponse: asTheyAre as [],
      validateStatus: () => true,
    }),
  );
}

/**
 * The body of an answer, parsed where it is JSON, its text where it is not.
 *
 * @internal
 */
export function bodyOf({ data }: AxiosResponse<unknown>): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}
