import { firstValueFrom } from 'rxjs';
import type { Called } from './callers.js';
import { json, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';

export interface Refusal {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A provider that answers every call with one response. */
export function refusing(
  connector: string,
  { status, body = {}, headers }: Refusal,
): Promise<ProviderCalls> {
  return providerCalls({
    connector,
    respond: (_, response) => {
      json(response, status, body, headers);
    },
  });
}

const reading = async (response: Response): Promise<Called> => ({
  status: response.status,
  text: await response.text(),
});

/** The ways to call the provider of any connector. */
export const WAYS = [
  {
    name: 'connectors.fetch',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<Called> =>
      reading(await connectors.fetch(connector, '/x', { method: 'POST', body: 'hello' })),
  },
  {
    name: 'the fetch of fetchFor',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<Called> =>
      reading(await connectors.fetchFor(connector)('/x', { method: 'POST', body: 'hello' })),
  },
  {
    name: 'HttpService',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<Called> => {
      const { status, data } = await firstValueFrom(
        connectors.http(connector).post<string>('/x', 'hello', {
          responseType: 'text',
          transformResponse: (given: string) => given,
          validateStatus: () => true,
        }),
      );
      return { status, text: data };
    },
  },
] as const;
