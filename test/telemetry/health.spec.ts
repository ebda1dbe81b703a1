import { Controller, Get, Inject, type Type } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  ConnectorFetch,
  ConnectorsHealthIndicator,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorToken,
  getConnectorsToken,
  type ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { Clock } from '../../lib/common/clock.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { ManualClock } from '../support/clocks.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';
import { toOptions } from '../support/to-options.js';

@Controller('slack')
class SlackController {
  @Get()
  read(@ConnectorToken('slack') token: string): boolean {
    return token !== '';
  }
}

@Controller('notion')
class NotionController {
  @Get()
  read(@ConnectorToken('notion', { optional: true }) token: string | null): boolean {
    return token !== null;
  }
}

@Controller('mine')
class UserController {
  @Get()
  read(@ConnectorToken({ appUserConnector: 'cal1' }) token: string): boolean {
    return token !== '';
  }
}

@Controller('post')
class MeteredController {
  @Get()
  read(@ConnectorFetch('x') send: typeof fetch): boolean {
    return typeof send === 'function';
  }
}

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(ConnectorsHealthIndicator) private readonly connectors: ConnectorsHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  ready() {
    return this.health.check([() => this.connectors.isHealthy('connectors', { degraded: true })]);
  }

  @Get('plain')
  @HealthCheck()
  plain() {
    return this.health.check([() => this.connectors.isHealthy()]);
  }
}

const OUTAGE = { times: Infinity };
const FAST = { retries: 0, breaker: { failureThreshold: 3, halfOpenAfterMs: 60_000 } };

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('A health check of @nestjs/terminus on %s', (_, newAdapter) => {
  let base44: Base44Emulator;
  let clock: ManualClock;
  let url: string;

  const start = async (
    controllers: Type[],
    options: Partial<ConnectorsModuleOptions> = {},
  ): Promise<void> => {
    const module = await Test.createTestingModule({
      imports: [
        TerminusModule.forRoot({ logger: false }),
        ConnectorsModule.forRoot({ ...toOptions(base44), resilience: FAST, ...options }),
      ],
      controllers: [...controllers, HealthController],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = module.createNestApplication(newAdapter(), { logger: false });
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  };

  const check = async (path = '/health') => {
    const response = await fetch(url + path);
    const text = await response.text();
    const { status, details } = JSON.parse(text) as {
      status: string;
      details: { connectors: { status: string; connectors: Record<string, unknown>[] } };
    };
    return { code: response.status, overall: status, text, ...details.connectors };
  };

  beforeEach(async () => {
    clock = new ManualClock();
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
  });

  it('is ok while the required connectors are connected', async () => {
    base44.connect('slack');
    await start([SlackController]);
    await expect(check()).resolves.toMatchObject({
      code: 200,
      overall: 'ok',
      connectors: [{ connector: 'slack', status: 'up', state: 'connected', isCached: true }],
    });
  });

  it('sends one request for each connector in 100 checks', async () => {
    base44.connect('slack');
    await start([SlackController, NotionController]);
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => check()));
    }
    expect(base44.requests).toHaveLength(2);
  });

  it('sends in an outage what the breaker permits', async () => {
    base44.fault(OUTAGE);
    await start([SlackController]);
    for (let round = 0; round < 100; round += 1) await check();
    expect(base44.requests).toHaveLength(FAST.breaker.failureThreshold);
  });

  it('is an error that a person must end when a required connector is not connected', async () => {
    await start([SlackController]);
    await expect(check()).resolves.toMatchObject({
      code: 503,
      overall: 'error',
      connectors: [{ status: 'down', state: 'not_connected', problem: 'not_connected' }],
    });
  });

  it('is an error that passes by itself when Base44 is down and nothing is cached', async () => {
    base44.connect('slack');
    base44.fault(OUTAGE);
    await start([SlackController]);
    await expect(check()).resolves.toMatchObject({
      code: 503,
      overall: 'error',
      connectors: [
        { status: 'down', state: 'unknown', problem: 'base44_unavailable', isCached: false },
      ],
    });
    base44.clear();
  });

  it('is degraded while the cache serves an outage, and an error when it no longer can', async () => {
    base44.connect('slack');
    await start([SlackController]);
    await check();
    base44.fault(OUTAGE);
    clock.advance(120_000);
    await expect(check()).resolves.toMatchObject({
      code: 200,
      overall: 'degraded',
      connectors: [
        { status: 'degraded', state: 'connected', problem: 'base44_unavailable', isCached: true },
      ],
    });
    await expect(check('/health/plain')).resolves.toMatchObject({
      code: 200,
      overall: 'ok',
      connectors: [{ status: 'degraded', problem: 'base44_unavailable' }],
    });
    clock.advance(600_000);
    await expect(check()).resolves.toMatchObject({
      code: 503,
      connectors: [{ status: 'down', state: 'connected', problem: 'base44_unavailable' }],
    });
  });

  it('reports an outage of a connector that was not connected before as it was', async () => {
    await start([SlackController]);
    await check();
    base44.fault(OUTAGE);
    clock.advance(120_000);
    await expect(check()).resolves.toMatchObject({
      connectors: [
        { state: 'not_connected', problem: 'not_connected', lastErrorCode: 'BASE44_UNAVAILABLE' },
      ],
    });
  });

  it('tells a rejected service token from both', async () => {
    base44.connect('slack');
    await start([SlackController], { serviceToken: 'wrong' });
    await expect(check()).resolves.toMatchObject({
      code: 503,
      connectors: [{ problem: 'misconfigured', lastErrorCode: 'SERVICE_ROLE_REJECTED' }],
    });
  });

  it('reports a rejected service token even if the connector was not connected before', async () => {
    await start([SlackController]);
    await check();
    base44.rotateServiceToken();
    clock.advance(120_000);
    await expect(check()).resolves.toMatchObject({
      code: 503,
      connectors: [
        {
          state: 'not_connected',
          problem: 'misconfigured',
          lastErrorCode: 'SERVICE_ROLE_REJECTED',
        },
      ],
    });
  });

  it('is never an error because of an optional connector', async () => {
    await start([NotionController]);
    await expect(check()).resolves.toMatchObject({
      overall: 'ok',
      connectors: [{ status: 'up', isOptional: true, problem: 'not_connected' }],
    });
    base44.fault(OUTAGE);
    await start([NotionController]);
    await expect(check()).resolves.toMatchObject({
      overall: 'degraded',
      connectors: [{ status: 'degraded', isOptional: true, problem: 'base44_unavailable' }],
    });
  });

  it('is no error because of connections of users, metered connectors or a missing requirement', async () => {
    base44.meter('x');
    await start([UserController, MeteredController]);
    await expect(check()).resolves.toMatchObject({
      overall: 'ok',
      connectors: [
        { status: 'up', state: 'unknown' },
        { status: 'up', state: 'unknown' },
      ],
    });
    await start([]);
    await expect(check()).resolves.toMatchObject({ overall: 'ok', connectors: [] });
  });

  it('asks nothing when only incoming requests carry a service token', async () => {
    await start([SlackController], { serviceToken: undefined, request: { base44Headers: true } });
    await expect(check()).resolves.toMatchObject({ overall: 'ok' });
    expect(base44.requests).toHaveLength(0);
  });

  it('does not wait for a Base44 that does not respond', async () => {
    base44.connect('slack');
    base44.fault({ respond: faults.hang() });
    await start([SlackController], { resilience: { ...FAST, attemptTimeoutMs: 2_000 } });
    await expect(check()).resolves.toMatchObject({
      code: 503,
      connectors: [{ state: 'unknown', problem: 'base44_unavailable' }],
    });
  });

  it('contains no secret', async () => {
    const secrets = [createSecret(), base44.serviceToken];
    base44.connect('slack', { accessToken: secrets[0]! });
    await start([SlackController]);
    const { text } = await check();
    expectNoSecret(text, secrets);
  });
});

describe('ConnectorsHealthIndicator', () => {
  it('checks another instance when it is created with its service', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());

    @Controller('crm')
    class CrmController {
      @Get()
      read(@ConnectorToken('salesforce', { instance: 'crm' }) token: string): boolean {
        return token !== '';
      }
    }

    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), name: 'crm' })],
      controllers: [CrmController],
    }).compile();
    closeAfterTest(() => module.close());
    const crm = module.get<ConnectorsService>(getConnectorsToken('crm'));
    await expect(new ConnectorsHealthIndicator(crm).isHealthy('crm')).resolves.toMatchObject({
      crm: { status: 'down', connectors: [{ connector: 'salesforce', problem: 'not_connected' }] },
    });
  });

  it('sends nothing without a probe', async () => {
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
      controllers: [SlackController],
    }).compile();
    closeAfterTest(() => module.close());
    const { connectors } = await module
      .get(ConnectorsHealthIndicator)
      .isHealthy('connectors', { probe: false });
    expect(connectors.status).toBe('up');
    expect(base44.requests).toHaveLength(0);
  });
});
