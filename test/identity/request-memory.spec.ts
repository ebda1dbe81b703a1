import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Controller, Get, Inject, Req } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { sleep } from '../support/async.js';

const REQUESTS = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const seen: WeakRef<object>[] = [];

@Controller()
class TokenController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  @Get()
  async token(@Req() request: object): Promise<string> {
    seen.push(new WeakRef(request));
    return (await this.connectors.getConnection('slack')).accessToken;
  }
}

/** Returns the number of requests in memory. The last few may be. */
async function heldRequests(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await sleep(20);
    collectGarbage();
  }
  return seen.filter((request) => request.deref() !== undefined).length;
}

it('A cached connection does not keep its request in memory', async () => {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.connect('slack', { accessToken: 'xoxb-1' });
  const users = Array.from({ length: REQUESTS }, (_, index) => base44.addAppUser(`user-${index}`));
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...toOptions(base44), request: { base44Headers: true } })],
    controllers: [TokenController],
  }).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  for (const { token } of users) {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    expect(await (await fetch(url, { headers })).text()).toBe('xoxb-1');
  }
  expect(base44.requests).toHaveLength(REQUESTS);
  expect(await heldRequests()).toBeLessThan(REQUESTS / 4);
});
