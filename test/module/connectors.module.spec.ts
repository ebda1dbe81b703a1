import { Controller, Get, Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs } from '@nestjs/config';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  type ConnectorsModuleOptions,
  type ConnectorsOptionsFactory,
  ConnectorConnection,
  ConnectorsConfigurationError,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  getConnectorsToken,
  InjectConnectors,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';

describe('ConnectorsModule', () => {
  let base44: Base44Emulator;
  let module: TestingModule | undefined;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    base44.connect('slack', { accessToken: 'xoxb-1' });
  });

  afterEach(async () => {
    await module?.close();
    module = undefined;
    await base44.close();
  });

  const boot = async (imports: ModuleMetadata['imports']): Promise<TestingModule> => {
    module = await Test.createTestingModule({ imports: imports! }).compile();
    return module.init();
  };

  const getToken = async (service: ConnectorsService): Promise<string> =>
    (await service.getAccessToken('slack')).access_token;

  describe('is configured', () => {
    it('with forRoot', async () => {
      const app = await boot([ConnectorsModule.forRoot(toOptions(base44))]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with useFactory that injects from imports', async () => {
      const app = await boot([
        ConnectorsModule.forRootAsync({
          imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [() => toOptions(base44)] })],
          inject: [ConfigService],
          useFactory: (config: ConfigService) => ({
            appId: config.getOrThrow<string>('appId'),
            serviceToken: config.getOrThrow<string>('serviceToken'),
            serverUrl: config.get<string>('serverUrl'),
          }),
        }),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with useFactory that waits', async () => {
      const app = await boot([
        ConnectorsModule.forRootAsync({ useFactory: async () => toOptions(base44) }),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with useClass', async () => {
      @Injectable()
      class Options implements ConnectorsOptionsFactory {
        createConnectorsOptions(): ConnectorsModuleOptions {
          return toOptions(base44);
        }
      }
      const app = await boot([ConnectorsModule.forRootAsync({ useClass: Options })]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with useExisting', async () => {
      @Injectable()
      class Options implements ConnectorsOptionsFactory {
        async createConnectorsOptions(): Promise<ConnectorsModuleOptions> {
          return toOptions(base44);
        }
      }
      @Module({ providers: [Options], exports: [Options] })
      class OptionsModule {}
      const app = await boot([
        ConnectorsModule.forRootAsync({ imports: [OptionsModule], useExisting: Options }),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with providers of its own that useFactory injects', async () => {
      const app = await boot([
        ConnectorsModule.forRootAsync({
          extraProviders: [{ provide: 'OPTIONS', useFactory: () => toOptions(base44) }],
          inject: ['OPTIONS'],
          useFactory: (options: ConnectorsModuleOptions) => options,
        }),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });

    it('with the provider of a registerAs namespace', async () => {
      const base44Config = registerAs('base44', () => toOptions(base44));
      const app = await boot([
        ConfigModule.forRoot({ ignoreEnvFile: true }),
        ConnectorsModule.forRootAsync(base44Config.asProvider()),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('xoxb-1');
    });
  });

  describe('is available', () => {
    @Injectable()
    class DigestService {
      constructor(@Inject(ConnectorsService) readonly connectors: ConnectorsService) {}
    }

    @Controller()
    class DigestController {
      @Get()
      token(@ConnectorToken('slack') token: string) {
        return token;
      }
    }

    it('in every module', async () => {
      @Module({ providers: [DigestService], controllers: [DigestController] })
      class FeatureModule {}
      const app = await boot([FeatureModule, ConnectorsModule.forRoot(toOptions(base44))]);
      await expect(getToken(app.get(DigestService, { strict: false }).connectors)).resolves.toBe(
        'xoxb-1',
      );
    });

    it('only in modules that import it, when it is not global', async () => {
      const connectors = ConnectorsModule.forRoot({ ...toOptions(base44), isGlobal: false });
      @Module({
        imports: [connectors],
        providers: [DigestService],
        controllers: [DigestController],
      })
      class FeatureModule {}
      const app = (await boot([FeatureModule])).createNestApplication();
      await app.listen(0, '127.0.0.1');
      const response = await fetch(await app.getUrl());
      await app.close();
      await expect(response.text()).resolves.toBe('xoxb-1');
    });

    it('and fails startup elsewhere with a message that names the module and the remedy', async () => {
      @Module({ controllers: [DigestController] })
      class ForgetfulModule {}
      const connectors = ConnectorsModule.forRoot({ ...toOptions(base44), isGlobal: false });
      await expect(boot([connectors, ForgetfulModule])).rejects.toThrow(
        new ConnectorsConfigurationError(
          'ForgetfulModule has handlers with @ConnectorToken, @ConnectorConnection, @ConnectorFetch, ' +
            '@ConnectorHttp or @ConnectorClient, but no ConnectorsModule is available to it. Import ConnectorsModule.forRoot({ … }) in the root module. ' +
            'If it is registered with isGlobal: false, import it in ForgetfulModule too. ' +
            'In a test, import ConnectorsTestingModule.forRoot({ … }).',
        ),
      );
    });

    it('and fails startup under another name with a message that names the missing one', async () => {
      @Controller()
      class CrmController {
        @Get()
        token(@ConnectorToken('slack', { instance: 'crm' }) token: string) {
          return token;
        }
      }
      @Module({ controllers: [CrmController] })
      class CrmModule {}
      await expect(boot([ConnectorsModule.forRoot(toOptions(base44)), CrmModule])).rejects.toThrow(
        "no ConnectorsModule named 'crm' is available to it",
      );
    });
  });

  describe('has named instances', () => {
    let crm: Base44Emulator;

    beforeEach(async () => {
      crm = await Base44Emulator.start({ appId: 'crm-app' });
      crm.connect('slack', { accessToken: 'xoxb-crm' });
    });

    afterEach(() => crm.close());

    it('that are independent of the default one', async () => {
      @Injectable()
      class BothService {
        constructor(
          readonly main: ConnectorsService,
          @InjectConnectors('crm') readonly crm: ConnectorsService,
        ) {}
      }
      @Module({ providers: [BothService] })
      class FeatureModule {}
      const app = await boot([
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forRootAsync({ name: 'crm', useFactory: () => toOptions(crm) }),
        FeatureModule,
      ]);
      const both = app.get(BothService, { strict: false });
      await expect(getToken(both.main)).resolves.toBe('xoxb-1');
      await expect(getToken(both.crm)).resolves.toBe('xoxb-crm');
      expect(app.get(getConnectorsToken('crm'), { strict: false })).toBe(both.crm);
    });

    it('and rejects two with the same name', async () => {
      const twice = [
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forRoot(toOptions(crm)),
      ];
      await expect(boot(twice)).rejects.toThrow(
        'ConnectorsModule is registered globally more than once under the same name.',
      );
      const named = twice.map((_, i) =>
        ConnectorsModule.forRoot({ ...toOptions(i === 0 ? base44 : crm), name: 'crm' }),
      );
      await expect(boot(named)).rejects.toThrow('Give each additional instance its own name');
    });

    it('that work without a default one', async () => {
      const app = await boot([ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' })]);
      await expect(
        getToken(app.get<ConnectorsService>(getConnectorsToken('crm'), { strict: false })),
      ).resolves.toBe('xoxb-crm');
    });
  });

  describe('resolves the service-role client from the container', () => {
    const fixed = {
      fetchConnection: async () => ({ accessToken: 'overridden', connectionConfig: null }),
    };

    it('so a test can override it', async () => {
      module = await Test.createTestingModule({
        imports: [ConnectorsModule.forRoot(toOptions(base44))],
      })
        .overrideProvider(ServiceRoleClient)
        .useValue(fixed)
        .compile();
      await expect(getToken(module.get(ConnectorsService))).resolves.toBe('overridden');
    });

    it('so an application can provide another one', async () => {
      const app = await boot([
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          extraProviders: [{ provide: ServiceRoleClient, useValue: fixed }],
        }),
      ]);
      await expect(getToken(app.get(ConnectorsService))).resolves.toBe('overridden');
      expect(app.get(ServiceRoleClient)).toBe(fixed);
    });
  });

  it('keeps singleton controllers singleton', async () => {
    let instances = 0;
    @Controller()
    class CountedController {
      constructor() {
        instances += 1;
      }
      @Get()
      token(@ConnectorToken('slack') token: string) {
        return token;
      }
    }
    @Module({ controllers: [CountedController] })
    class FeatureModule {}
    const testing = await boot([FeatureModule, ConnectorsModule.forRoot(toOptions(base44))]);
    const app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    await Promise.all([fetch(url), fetch(url), fetch(url)]);
    await app.close();
    expect(instances).toBe(1);
  });

  describe('throws at the application of a decorator', () => {
    class CalendarController {
      readonly events = [];
    }
    const applied = (decorator: ParameterDecorator) => () => {
      decorator(CalendarController.prototype, 'list', 0);
    };

    it.each([
      ['../secrets', 'Integration type must be 1 to 128 letters'],
      [undefined, 'Integration type is required and must be a string'],
      [{}, 'Connector ID is required and must be a string'],
    ])('for the connector %p, and names the place and the problem', (connector, problem) => {
      const decorator = applied(ConnectorToken(connector as string));
      expect(decorator).toThrow(ConnectorsConfigurationError);
      expect(decorator).toThrow(`@ConnectorToken() on CalendarController.list: ${problem}`);
      expect(decorator).toThrow("Pass a connector such as 'slack'");
    });

    it('with a misspelt option', () => {
      const options = { optinal: true } as object;
      expect(applied(ConnectorConnection('slack', options))).toThrow(
        "@ConnectorConnection() on CalendarController.list: 'optinal' is not an option.",
      );
    });

    it('to a constructor', () => {
      class CalendarService {
        readonly events = [];
      }
      expect(() => {
        ConnectorToken('slack')(CalendarService, undefined, 0);
      }).toThrow(
        '@ConnectorToken() on the constructor of CalendarService: only parameters of handlers',
      );
    });
  });
});
