import type { ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  Res,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  AppUserRequiredError,
  ConnectorReauthorizationRequiredError,
  ConnectorsExceptionFilter,
  ConnectorsModule,
  type ConnectorsModuleExtras,
  ConnectorsService,
  getHttpStatus,
  OriginNotAllowedError,
  ServiceRoleRequiredError,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';

const subject = { appId: 'app1', connector: 'slack' };

const thrownByHandlers: Record<string, Error> = {
  'service-role-required': new ServiceRoleRequiredError('There is no service token.'),
  'reauthorization-required': new ConnectorReauthorizationRequiredError(subject),
  'app-user-required': new AppUserRequiredError(subject),
  'origin-not-allowed': new OriginNotAllowedError(subject, 'https://evil.example'),
  other: new Error('a bug'),
};

@Controller()
class ErrorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('thrown/:name')
  thrown(@Param('name') name: string) {
    throw thrownByHandlers[name]!;
  }

  @Get('token/:connector')
  token(@Param('connector') connector: string) {
    return this.connectors.getAccessToken(connector);
  }

  @Get('call/:connector')
  call(@Param('connector') connector: string) {
    return this.connectors.callApi(connector, { path: '/' });
  }

  @Get('middleware')
  middleware() {
    return 'not reached';
  }

  @Get('begun')
  begun(@Res() response: ServerResponse & { raw?: ServerResponse }) {
    (response.raw ?? response).write('begun');
    throw new AppUserRequiredError(subject);
  }

  @Get('malformed-call')
  malformedCall() {
    return this.connectors.callApi('x', { path: '' });
  }
}

@Module({ controllers: [ErrorsController] })
class ErrorsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const fail = (): never => {
      throw new AppUserRequiredError(subject);
    };
    consumer.apply(fail).forRoutes('middleware');
  }
}

describe('getHttpStatus', () => {
  it.each([
    ['CONNECTOR_NOT_CONNECTED', 424],
    ['APP_USER_REQUIRED', 401],
    ['BASE44_UNAVAILABLE', 503],
  ] as const)('returns the status of %s', (code, status) => {
    expect(getHttpStatus(code)).toBe(status);
  });
});

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as unknown as ExpressAdapter],
])('ConnectorsExceptionFilter on %s', (_, adapter) => {
  let base44: Base44Emulator;
  let app: INestApplication;

  const boot = async (
    exceptionFilter?: ConnectorsModuleExtras['exceptionFilter'],
    ...filters: ConnectorsExceptionFilter[]
  ): Promise<void> => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), exceptionFilter }), ErrorsModule],
    }).compile();
    app = module.createNestApplication(adapter());
    app.useGlobalFilters(...filters);
    await app.listen(0, '127.0.0.1');
    app.useLogger(false);
  };

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    await boot();
  });

  afterEach(async () => {
    await app.close();
    await base44.close();
  });

  const get = async (path: string) => {
    const response = await fetch(`${await app.getUrl()}${path}`);
    return {
      status: response.status,
      headers: response.headers,
      body: await response.json(),
    };
  };

  const collectLog = (): unknown[] => {
    const lines: unknown[] = [];
    const log = (message: unknown): unknown => lines.push(message);
    app.useLogger({ log, warn: log, error: log });
    return lines;
  };

  it.each([
    ['/token/no..dots', 400, 'INVALID_CONNECTOR', undefined],
    ['/malformed-call', 400, 'INVALID_REQUEST', undefined],
    ['/thrown/service-role-required', 500, 'SERVICE_ROLE_REQUIRED', undefined],
    ['/token/notion', 424, 'CONNECTOR_NOT_CONNECTED', 'notion'],
    ['/token/x', 424, 'CONNECTOR_METERED', 'x'],
    ['/thrown/reauthorization-required', 424, 'CONNECTOR_REAUTHORIZATION_REQUIRED', 'slack'],
    ['/thrown/app-user-required', 401, 'APP_USER_REQUIRED', 'slack'],
    ['/call/x', 503, 'CREDITS_EXHAUSTED', 'x'],
    ['/thrown/origin-not-allowed', 500, 'ORIGIN_NOT_ALLOWED', 'slack'],
  ])('responds to %s with %d %s', async (path, statusCode, error, connector) => {
    base44.meter('x');
    base44.credits = 0;
    const { status, body } = await get(path);
    expect(status).toBe(statusCode);
    expect(body).toEqual({
      statusCode,
      error,
      message: expect.any(String) as string,
      retryable: false,
      ...(connector === undefined ? {} : { connector }),
    });
  });

  it.each([
    ['a refused service token', faults.status(401), 502, 'SERVICE_ROLE_REJECTED'],
    ['an outage', faults.status(500), 503, 'BASE44_UNAVAILABLE'],
    ['a reset connection', faults.reset(), 503, 'BASE44_UNAVAILABLE'],
    ['a page instead of a token', faults.html(), 502, 'UNEXPECTED_RESPONSE'],
  ])('responds to %s', async (_fault, respond, statusCode, error) => {
    base44.fault({ respond, times: Infinity });
    const { status, body } = await get('/token/slack');
    expect(status).toBe(statusCode);
    const retryable = error === 'BASE44_UNAVAILABLE';
    expect(body).toMatchObject({ statusCode, error, retryable, connector: 'slack' });
  });

  it('passes on the Retry-After of Base44', async () => {
    base44.fault({ respond: faults.status(429, { headers: { 'Retry-After': '7' } }) });
    const { status, headers, body } = await get('/token/slack');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('7');
    expect(body).toMatchObject({ error: 'RATE_LIMITED' });
  });

  it('does not handle other errors', async () => {
    const { status, body } = await get('/thrown/other');
    expect(status).toBe(500);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('does not exist with exceptionFilter: false', async () => {
    await app.close();
    await boot(false);
    const { status, body } = await get('/token/notion');
    expect(status).toBe(500);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  describe.each([
    ['without an adapter', () => boot(false, new ConnectorsExceptionFilter())],
    ['of the module', () => boot()],
  ])('%s', (_filter, start) => {
    beforeEach(async () => {
      await app.close();
      await start();
    });

    it('responds with the error and its Retry-After', async () => {
      base44.fault({ respond: faults.status(429, { headers: { 'Retry-After': '7' } }) });
      const { status, headers, body } = await get('/token/slack');
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('7');
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body).toMatchObject({ error: 'RATE_LIMITED', retryable: true, connector: 'slack' });
    });

    it('responds to an error of middleware', async () => {
      const { status, headers, body } = await get('/middleware');
      expect(status).toBe(401);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body).toMatchObject({ error: 'APP_USER_REQUIRED', retryable: false });
    });

    it('ends a response that the handler has begun', async () => {
      const response = await fetch(`${await app.getUrl()}/begun`);
      expect([response.status, await response.text()]).toEqual([200, 'begun']);
    });
  });

  it.each([
    ['of the module', () => boot({ hideServerErrors: true })],
    ['of its own', () => boot(false, new ConnectorsExceptionFilter({ hideServerErrors: true }))],
  ])('hides errors with a status of 500 and above with the option %s', async (_owner, start) => {
    await app.close();
    await start();
    const lines = collectLog();
    base44.fault({ match: 'slack', respond: faults.status(500), times: Infinity });
    expect((await get('/token/slack')).body).toEqual({
      statusCode: 503,
      message: 'Service Unavailable',
      retryable: true,
    });
    expect((await get('/thrown/service-role-required')).body).toEqual({
      statusCode: 500,
      message: 'Internal Server Error',
      retryable: false,
    });
    expect((await get('/token/notion')).body).toMatchObject({ error: 'CONNECTOR_NOT_CONNECTED' });
    expect(lines).toEqual([
      expect.stringMatching(/^BASE44_UNAVAILABLE( in ErrorsController\.token)?: /) as string,
      expect.stringMatching(
        /^SERVICE_ROLE_REQUIRED( in ErrorsController\.thrown)?: There is no service token\.$/,
      ) as string,
      "Connector 'notion' is not connected in the Base44 app.",
    ]);
  });

  it('logs errors with a status of 500 and above, and no others', async () => {
    const lines = collectLog();
    base44.fault({ match: 'slack', respond: faults.status(500), times: Infinity });
    await get('/token/slack');
    await get('/token/notion');
    expect(lines).toEqual([
      'BASE44_UNAVAILABLE in ErrorsController.token: Base44 is unavailable: it responded with status 500. Try again later.',
      // The filter logs nothing here, but the connection's transition is an event.
      "Connector 'notion' is not connected in the Base44 app.",
    ]);
  });
});
