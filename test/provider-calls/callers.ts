import { firstValueFrom } from 'rxjs';
import type { ProviderCalls } from './provider-calls.fixture.js';

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

export interface Called {
  readonly status: number;
  readonly text: string;
}

/** The ways to call a provider, for tests of all. */
export const callers = [
  {
    name: 'connectors.fetch',
    call: async ({ connectors }: ProviderCalls, url: string, call: Call = {}): Promise<Called> => {
      const response = await connectors.fetch('crm', url, {
        duplex: 'half',
        ...call,
      } as RequestInit);
      return { status: response.status, text: await response.text() };
    },
  },
  {
    name: 'HttpService',
    call: async ({ http }: ProviderCalls, url: string, call: Call = {}): Promise<Called> => {
      const { body: data, ...config } = call;
      const { status, data: text } = await firstValueFrom(
        http.request<string>({
          url,
          data,
          ...config,
          responseType: 'text',
          transformResponse: (given: string) => given,
          validateStatus: () => true,
        }),
      );
      return { status, text };
    },
  },
  {
    name: 'the fetch of fetchFor',
    call: async ({ connectors }: ProviderCalls, url: string, call: Call = {}): Promise<Called> => {
      const send = connectors.fetchFor('crm');
      const response = await send(url, { duplex: 'half', ...call } as RequestInit);
      return { status: response.status, text: await response.text() };
    },
  },
] as const;
