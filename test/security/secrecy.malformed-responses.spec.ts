import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { callers } from '../provider-calls/callers.js';
import { providerCalls } from '../provider-calls/provider-calls.fixture.js';
import { openServer } from '../support/open-server.js';
import { closeAfterTest } from '../support/close-after-test.js';

it.each(callers)(
  'A malformed response that repeats the token does not show it by $name',
  async ({ call }) => {
    const server = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (request) => {
          const [token] = /Bearer \S+/.exec(request.toString()) ?? [];
          socket.end(`no HTTP at all, but ${String(token)}\r\n\r\n`);
        });
    });
    const opened = await openServer(server);
    closeAfterTest(() => opened.close());
    const calls = await providerCalls({ feature: () => ({ baseURL: opened.url }) });
    const [token] = calls.provider.good;
    const error = await call(calls, '/x').catch((reason: unknown) => reason);
    expect(error).toHaveProperty('message');
    const shown = inspect(error, { depth: 10, showHidden: true });
    const bytes = Buffer.from(token!).toString('hex').match(/../g)!.slice(0, 12).join(' ');
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(bytes);
    expect(shown).not.toContain('rawPacket');
  },
);
