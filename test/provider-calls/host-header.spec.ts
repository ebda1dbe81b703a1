import { getHeader } from '../support/recording-server.js';
import { callers } from './callers.js';
import { providerCalls } from './provider-calls.fixture.js';

it.each(callers)(
  'The Host header of a caller is not sent beside the token by $name',
  async ({ call }) => {
    const calls = await providerCalls();
    await call(calls, '/x', { headers: { host: 'elsewhere.example', 'X-Own': '1' } });
    const [request] = calls.provider.requests;
    expect(getHeader(request!, 'host')).toBe(new URL(calls.provider.url).host);
    expect(getHeader(request!, 'x-own')).toBe('1');
  },
);
