import { Controller, Get, type INestApplication, Injectable, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  ConnectorConnection,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
} from 'nestjs-base44-connectors';

@Injectable()
class DigestService {
  constructor(private readonly connectors: ConnectorsService) {}
  async token(): Promise<string> {
    return (await this.connectors.getAccessToken('slack')).access_token;
  }
}

@Controller()
class CalendarController {
  constructor(private readonly digest: DigestService) {}
  @Get('token')
  token(@ConnectorToken('googlecalendar') token: string) {
    return { token };
  }
  @Get('connection')
  connection(@ConnectorConnection('googlecalendar') connection: ConnectorConnection) {
    return connection;
  }
  @Get('optional')
  optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return { token };
  }
  @Get('missing')
  missing(@ConnectorToken('notion') token: string) {
    return { token };
  }
  @Get('service')
  async service() {
    return { token: await this.digest.token() };
  }
}

@Module({
  imports: [
    ConnectorsModule.forRoot({
      appId: 'app1',
      client: {
        getConnection: async (type: string) => {
          if (type === 'notion') throw Object.assign(new Error('x'), { status: 404 });
          return { accessToken: `${type}-token`, connectionConfig: { a: 'b' } };
        },
      },
    }),
  ],
  controllers: [CalendarController],
  providers: [DigestService],
})
class AppModule {}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('%s', (_, adapter) => {
  let app: INestApplication;
  let url: string;
  beforeEach(async () => {
    const ref = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = ref.createNestApplication(adapter() as never);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());
  it('works', async () => {
    for (const p of ['token', 'connection', 'optional', 'missing', 'service']) {
      const r = await fetch(`${url}/${p}`);
      console.log(p, r.status, await r.text());
    }
    expect(1).toBe(1);
  });
});
