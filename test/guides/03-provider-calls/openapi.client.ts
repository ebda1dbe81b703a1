// openapi.client.ts
import createClient from 'openapi-fetch';

/** @param baseUrl - the address of the API, such as `https://api.hubapi.com` */
export function createApi<Paths extends object>(fetch: typeof globalThis.fetch, baseUrl: string) {
  return createClient<Paths>({ baseUrl, fetch });
}
