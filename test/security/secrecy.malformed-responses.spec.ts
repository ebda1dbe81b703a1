import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { firstValueFrom } from 'rxjs';
import { callers } from '../provider-calls/callers.js';
import { providerCalls } from '../provider-calls/provider-calls.fixture.js';
import { openTestServer } from '../support/open-server.js';

const responses = [
  { name: 'bytes that are not HTTP', toBytes: (token: string) => `no HTTP at all, but ${token}` },
  {
    name: 'a redirect to a malformed URL',
    toBytes: (token: string) => `HTTP/1.1 302 Found\r\nLocation: http://x:${token}/`,
  },
];

describe.each(responses)('When the provider sends $name with the token', ({ toBytes }) => {
  it.each(callers)('the error of $name does not show it', async ({ call }) => {
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (request) => {
          const [token] = /Bearer \S+/.exec(request.toString()) ?? [];
          socket.end(`${toBytes(String(token))}\r\n\r\n`);
        });
    });
    const { url: baseURL } = await openTestServer(server);
    const calls = await providerCalls({ feature: () => ({ baseURL }) });
    const [token] = calls.provider.good;
    const error = await call(calls, '/x').catch((reason: unknown) => reason);
    expect(error).toHaveProperty('message');
    const shown = inspect(error, { depth: 10, showHidden: true });
    const bytes = Buffer.from(token!).toString('hex').match(/../g)!.slice(0, 12).join(' ');
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(bytes);
    expect(shown).not.toContain('rawPacket');
  });
});

const { proxy, revoke } = Proxy.revocable({}, {});
revoke();

it.each([
  ['is a revoked proxy', proxy],
  [
    'has getters that throw',
    Object.defineProperty({}, 'code', {
      get: () => {
        throw new Error('of a getter');
      },
    }),
  ],
])('An error of an agent reaches the caller when its cause %s', async (_, cause) => {
  const { connectors } = await providerCalls();
  const httpAgent = new Agent();
  httpAgent.createConnection = () => {
    throw new Error('of the agent', { cause });
  };
  const call = firstValueFrom(connectors.http('crm').get('/x', { httpAgent }));
  await expect(call).rejects.toThrow('of the agent');
});
