import type { ServerResponse } from 'node:http';
import { catchError, settle, waitFor } from '../support/async.js';
import { callers } from './callers.js';
import { providerCalls, type ProviderCalls } from './provider-calls.fixture.js';

describe.each(callers)('When the application closes, a call by $name', ({ call }) => {
  let held: ServerResponse[];

  const start = (deadlineMs?: number): Promise<ProviderCalls> => {
    held = [];
    return providerCalls({
      respond: (_request, response) => {
        held.push(response);
      },
      options: deadlineMs === undefined ? {} : { resilience: { deadlineMs } },
    });
  };

  it('that is in flight ends as it would have', async () => {
    const calls = await start();
    const calling = call(calls, '/x');
    await waitFor(() => held.length === 1);
    const closing = calls.module.close();
    held[0]!.end('the response');
    await expect(calling).resolves.toMatchObject({ status: 200, text: 'the response' });
    await closing;
  });

  it('that is in flight renews a token as it would have', async () => {
    const calls = await start();
    calls.provider.good.clear();
    let closing: Promise<void> | undefined;
    calls.provider.beforeUnauthorized = () => {
      closing = calls.module.close();
      const accessToken = 'renewed';
      calls.provider.good.add(accessToken);
      calls.base44.connect('crm', { accessToken });
      return undefined;
    };
    const calling = call(calls, '/x');
    await waitFor(() => held.length === 1);
    held[0]!.end('the response');
    await expect(calling).resolves.toMatchObject({ status: 200 });
    await closing;
  });

  it.each([
    ['without a signal', undefined],
    ['with a signal', new AbortController().signal],
  ])('that hangs rejects at the deadline of a call, %s', async (_, signal) => {
    const calls = await start(300);
    const calling = catchError(call(calls, '/x', signal && { signal }));
    await waitFor(() => held.length === 1);
    await calls.module.close();
    const error = await calling;
    expect(error).toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      message: expect.stringContaining('this application is closing') as string,
    });
  });

  it('that begins after it has closed sends nothing', async () => {
    const calls = await start();
    await calls.connectors.getConnection('crm');
    await calls.module.close();
    await expect(settle(() => call(calls, '/x'))).resolves.toMatchObject({
      error: { code: 'BASE44_UNAVAILABLE' },
    });
    expect(held).toHaveLength(0);
  });
});
