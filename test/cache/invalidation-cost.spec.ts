import { Test, type TestingModule } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, ServiceRoleClient } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';

const FEW = 1_000;
const MANY = scaled(300_000, 60_000);
const ROUNDS = 500;
const CRM = { appUserConnector: 'crm' };

const fetchConnection = () => Promise.resolve({ accessToken: 'crm-1', connectionConfig: null });

/** Returns the time of an invalidation, in milliseconds, while `count` users have connections. */
async function measure(count: number): Promise<number> {
  const options = { appId: 'app1', serviceToken: 's', cache: { maxEntries: 2 * MANY } };
  const module: TestingModule = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot(options)],
  })
    .overrideProvider(ServiceRoleClient)
    .useValue({ fetchConnection })
    .compile();
  closeAfterTest(() => module.close());
  const connectors = module.get(ConnectorsService);
  for (let user = 0; user < count; user += 1) {
    await connectors.asAppUser(`user-${user}`).getConnection(CRM);
  }
  const user = connectors.asAppUser('user-0');
  const startMs = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    await user.getConnection(CRM);
    await user.invalidate(CRM);
  }
  return (performance.now() - startMs) / ROUNDS;
}

describe('An invalidation of one connection', () => {
  it('costs the same however many connections are cached', async () => {
    await measure(FEW);
    const [few, many] = [await measure(FEW), await measure(MANY)];
    printFigure(`an invalidation, ${MANY} : ${FEW} cached connections`, (many / few).toFixed(2));
    // A scan of all connections takes about MANY / FEW times as long.
    expect(many / few).toBeLessThan(10);
  });
});
