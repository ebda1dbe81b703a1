import { Body, Controller, Post, type Type, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { IsInt } from 'class-validator';
import { ConnectorConnection, ConnectorHttp, ConnectorToken } from 'nestjs-base44-connectors';
import { ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';

class AmountDto {
  @IsInt()
  amount!: number;
}

/** Creates new classes for each test, because decorators could change a shared base class. */
function createControllers(parameter: ParameterDecorator): { Base: Type; Child: Type } {
  @Controller('base')
  class Base {
    @Post()
    create(@Body() dto: AmountDto, ..._rest: unknown[]): unknown {
      return dto;
    }
  }

  // Compilers such as esbuild emit the decorators of this class, and no types.
  class Child extends Base {
    override create(value: AmountDto, dto?: unknown): unknown {
      return { value, dto };
    }
  }
  const { prototype } = Child;
  parameter(prototype, 'create', 0);
  Body()(prototype, 'create', 1);
  Post()(prototype, 'create', Object.getOwnPropertyDescriptor(prototype, 'create')!);
  Controller('child')(Child);
  return { Base, Child };
}

async function start(controllers: Type[]) {
  const module = await Test.createTestingModule({
    imports: [ConnectorsTestingModule.withTokens({ github: 'gho-1' })],
    controllers,
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true, validateCustomDecorators: true }));
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return (path: string): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ amount: 'much' }),
    });
}

describe('A decorator on an overriding handler without types', () => {
  it.each([
    ['@ConnectorToken', ConnectorToken('github')],
    ['@ConnectorConnection', ConnectorConnection('github')],
    ['@ConnectorHttp', ConnectorHttp('github')],
  ])('leaves the validation of the base class in place: %s', async (_, decorator) => {
    const { Base, Child } = createControllers(decorator);
    const post = await start([Base, Child]);
    expect((await post('/base')).status).toBe(400);
  });

  it('keeps the value from pipes that would validate it as the type of the overridden parameter', async () => {
    const { Child } = createControllers(ConnectorToken('github'));
    const post = await start([Child]);
    await expect((await post('/child')).json()).resolves.toEqual({
      value: 'gho-1',
      dto: { amount: 'much' },
    });
  });
});
