import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, isConnectorsError } from 'nestjs-base44-connectors';

/** Requests many connections and metered calls, and counts their outcomes. */

const CONCURRENCY = 64;
// Fifty thousand stack traces take longer than everything else.
Error.stackTraceLimit = 0;
const PHASES = ['not_sent', 'responded', 'timed_out', 'sent_unconfirmed'];

const { url, count } = JSON.parse(process.argv[2]!) as { url: string; count: number };
const ends: Record<string, number> = {};
const strange: string[] = [];
process.on('unhandledRejection', (reason) => strange.push(`unhandled: ${String(reason)}`));
process.on('uncaughtException', (error) => strange.push(`uncaught: ${String(error)}`));

let tokens = 0;

const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({
      appId: 'app1',
      serverUrl: url,
      // Another token each time, because Base44's refusals of one are remembered.
      serviceToken: () => `service-${tokens++}`,
      cache: false,
      resilience: { deadlineMs: 1_000, retries: 0, breaker: false },
    }),
  ],
}).compile();
const service = module.get(ConnectorsService);

/** Checks the whole contract of a connection without code of the package. */
function isUsable({ accessToken, connectionConfig }: Record<string, unknown>): boolean {
  return (
    typeof accessToken === 'string' &&
    /^[!-~]{1,65536}$/.test(accessToken) &&
    (connectionConfig === null ||
      Object.values(connectionConfig as object).every((value) => typeof value === 'string'))
  );
}

function isApiResponse({ success, phase, status, headers }: Record<string, unknown>): boolean {
  return (
    typeof success === 'boolean' &&
    PHASES.includes(phase as string) &&
    (status === null || typeof status === 'number') &&
    Object.values(headers as object).every((value) => typeof value === 'string')
  );
}

async function end(index: number): Promise<string> {
  const isMetered = index % 4 === 0;
  try {
    const result: unknown = isMetered
      ? await service.callApi(`h${index}`, { path: '/' })
      : await service.getConnection(`h${index}`);
    const isGood = isMetered ? isApiResponse : isUsable;
    if (isGood(result as Record<string, unknown>)) return isMetered ? 'response' : 'connection';
    strange.push(`${index}: ${JSON.stringify(result)}`);
    return 'strange';
  } catch (error) {
    if (isConnectorsError(error)) return error.code;
    strange.push(`${index}: ${String(error)}`);
    return 'strange';
  }
}

let next = 0;
async function worker(): Promise<void> {
  while (next < count) {
    const how = await end(next++);
    ends[how] = (ends[how] ?? 0) + 1;
  }
}

await Promise.all(Array.from({ length: CONCURRENCY }, worker));
// By then, unhandled rejections have been reported.
await new Promise((resolve) => setTimeout(resolve, 100));
process.send?.({ ends, strange: strange.slice(0, 20) }, () => process.exit(0));
