// slack-7.client.ts
import type { HttpService } from '@nestjs/axios';
import type { AxiosAdapter } from 'axios';
import { WebClient, type WebClientOptions } from 'slack-web-api-7';

export function createSlack7({ axiosRef }: HttpService, options?: WebClientOptions) {
  const adapter = axiosRef.defaults.adapter as AxiosAdapter;
  return new WebClient(undefined, { adapter, retryConfig: { retries: 0 }, ...options });
}
