import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';

/** Measures the memory that an oversized response takes. */

const MEBIBYTE = 1024 * 1024;
const { url, ids } = JSON.parse(process.argv[2]!) as { url: string; ids: readonly string[] };

const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', serverUrl: url, serviceToken: 'a', cache: false }),
  ],
}).compile();
const service = module.get(ConnectorsService);

async function getCode(id: string): Promise<unknown> {
  return service.getConnection(id).then(
    () => 'a connection',
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

/** Returns by how many bytes the memory of the process grew at most during some work. */
async function measureGrowth(
  work: () => Promise<unknown>,
): Promise<{ code: unknown; mib: number }> {
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

// A first round compiles and loads code, which is not part of the measurement.
for (let round = 0; round < 50; round++) await getCode('usable');
const results: Record<string, unknown> = {};
for (const id of ids) results[id] = await measureGrowth(() => getCode(id));
process.send?.(results, () => process.exit(0));
