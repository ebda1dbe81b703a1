import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, ServiceRoleClient } from 'nestjs-base44-connectors';
import { sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';

const MAX_ENTRIES = 10;
const WARM_UP = 5_000;
const CONNECTIONS = 40_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function measureHeap(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await sleep(20);
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

describe('An evicted connection', () => {
  it('leaves nothing in memory', async () => {
    const cache = { maxEntries: MAX_ENTRIES };
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 's', cache })],
    })
      .overrideProvider(ServiceRoleClient)
      .useValue({
        fetchConnection: () => Promise.resolve({ accessToken: 'token', connectionConfig: null }),
      })
      .compile();
    closeAfterTest(() => module.close());
    const connectors = module.get(ConnectorsService);
    const resolve = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 1) {
        await connectors.getConnection(`slack-${index}`);
      }
    };
    await resolve(0, WARM_UP);
    const before = await measureHeap();
    await resolve(WARM_UP, WARM_UP + CONNECTIONS);
    const bytes = ((await measureHeap()) - before) / CONNECTIONS;
    printFigure('memory of an evicted connection', `${bytes.toFixed(0)} bytes`);
    expect(bytes).toBeLessThan(100);
  });
});
