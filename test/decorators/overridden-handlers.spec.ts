import { Controller, Get, type PipeTransform, Query, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { getJson } from './get-json.js';

const ARGUMENTS = '__routeArguments__';

/** Adds the arguments of the overridden handlers, as Nest 11 does when it decorates an overriding one. */
function inheritArguments(type: Type): void {
  const parent = Object.getPrototypeOf(type) as Type;
  const inherited = Reflect.getMetadata(ARGUMENTS, parent, 'list') as object;
  const own = Reflect.getOwnMetadata(ARGUMENTS, type, 'list') as object;
  Reflect.defineMetadata(ARGUMENTS, { ...inherited, ...own }, type, 'list');
}

function createTokenController(): Type {
  abstract class BaseController {
    @Get()
    list(@ConnectorToken('slack') value: string) {
      return { value };
    }
  }
  return BaseController as Type;
}

/** Without a cleanup, the argument that arrives last wins. */
const slowPipe: PipeTransform = {
  transform: async (value: unknown) => {
    await sleep(50);
    return value;
  },
};

function createQueryController(): Type {
  abstract class BaseController {
    @Get()
    list(@Query('q', slowPipe) value: string) {
      return { value };
    }
  }
  return BaseController as Type;
}

async function start(controllers: Type[], tokens: Record<string, string> = {}): Promise<string> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        ...ConnectorsTestingModule.options({ tokens }),
        verifyOnBootstrap: 'fail',
      }),
    ],
    controllers,
  }).compile();
  const app = module.createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

describe.each([
  ['Nest 12', () => undefined],
  ['Nest 11', inheritArguments],
])('An overriding handler, with the arguments of %s', (_, addArguments) => {
  it('gets its own value in place of the token, which it does not require', async () => {
    @Controller()
    class ChildController extends createTokenController() {
      @Get()
      list(@Query('q') value: string) {
        return { value };
      }
    }
    addArguments(ChildController);
    const url = await start([ChildController]);
    await expect(getJson(`${url}?q=asked`)).resolves.toEqual({ value: 'asked' });
  });

  it('gets the token in place of the value of the overridden handler', async () => {
    @Controller()
    class ChildController extends createQueryController() {
      @Get()
      list(@ConnectorToken('slack') value: string) {
        return { value };
      }
    }
    addArguments(ChildController);
    const url = await start([ChildController], { slack: 'xoxb-1' });
    await expect(getJson(`${url}?q=asked`)).resolves.toEqual({ value: 'xoxb-1' });
  });

  it('leaves the overridden handler as it is', async () => {
    const Base = createTokenController();
    Controller('base')(Base);
    @Controller('child')
    class ChildController extends Base {
      @Get()
      list(@Query('q') value: string) {
        return { value };
      }
    }
    addArguments(ChildController);
    const url = await start([ChildController, Base], { slack: 'xoxb-1' });
    await expect(getJson(`${url}/base`)).resolves.toEqual({ value: 'xoxb-1' });
    await expect(getJson(`${url}/child?q=asked`)).resolves.toEqual({ value: 'asked' });
  });
});
