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

let seen: WeakRef<object>[];
let handedOver: (typeof fetch)[];

beforeEach(() => {
  seen = [];
  handedOver = [];
});

@Controller()
class TokenController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  @Get()
  async token(@Req() request: object): Promise<string> {
    seen.push(new WeakRef(request));
    return (await this.connectors.getConnection('slack')).accessToken;
  }

  @Get('handed-over')
  handOver(@Req() request: object): string {
    seen.push(new WeakRef(request));
    handedOver.push(this.connectors.forRequest(request).fetchFor('slack'));
    return 'handed over';
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

/** Lets each user send a request on a connection of its own, and returns the responses. */
async function sendRequests(path: string): Promise<string[]> {
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
  const url = `${await app.getUrl()}/${path}`;
  const responses: string[] = [];
  for (const { token } of users) {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    responses.push(await (await fetch(url, { headers })).text());
  }
  return responses;
}

it('A cached connection does not keep its request in memory', async () => {
  await expect(sendRequests('')).resolves.toEqual(Array(REQUESTS).fill('xoxb-1'));
  expect(await heldRequests()).toBeLessThan(REQUESTS / 4);
});

it('A fetch that is handed over does not keep its request in memory', async () => {
  await sendRequests('handed-over');
  expect(handedOver).toHaveLength(REQUESTS);
  expect(await heldRequests()).toBeLessThan(REQUESTS / 4);
});
