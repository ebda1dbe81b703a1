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

/** Both ways to call a provider, for tests of both. */
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
] as const;
