import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';

/** Measures how much memory an answer takes that is too large. */

const MEBIBYTE = 1024 * 1024;
const { url, ids } = JSON.parse(process.argv[2]!) as { url: string; ids: readonly string[] };

const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', serverUrl: url, serviceToken: 'a', cache: false }),
  ],
}).compile();
const service = module.get(ConnectorsService);

async function codeOf(id: string): Promise<unknown> {
  return service.getConnection(id).then(
    () => 'a connection',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

/** The most memory that the process had while something was done, above what it had before. */
async function growthDuring(work: () => Promise<unknown>): Promise<{ code: unknown; mib: number }> {
  global.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 1);
  const code = await work();
  look();
  clearInterval(timer);
  return { code, mib: Math.round(((peak - before) / MEBIBYTE) * 10) / 10 };
}

// What is compiled and loaded on the way belongs to nobody's answer.
for (let round = 0; round < 50; round++) await codeOf('usable');
const results: Record<string, unknown> = {};
for (const id of ids) results[id] = await growthDuring(() => codeOf(id));
process.send?.(results, () => process.exit(0));
