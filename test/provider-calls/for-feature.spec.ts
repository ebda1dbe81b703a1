import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  Injectable,
  Module,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import {
  type ConnectorFeature,
  ConnectorHttp,
  ConnectorsConfigurationError,
  ConnectorsModule,
  ConnectorsService,
  getConnectorHttpToken,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { getHeader, startRecordingServer, respondWith } from '../support/recording-server.js';
import { createSelfSignedCertificate } from '../support/tls-certificate.js';
import { goodToken, Provider } from './provider-calls.fixture.js';

const { forFeature, forRoot } = {
  forFeature: ConnectorsModule.forFeature.bind(ConnectorsModule),
  forRoot: ConnectorsModule.forRoot.bind(ConnectorsModule),
};

async function boot(metadata: ModuleMetadata): Promise<TestingModule> {
  const module = await Test.createTestingModule(metadata).compile();
  closeAfterTest(() => module.close());
  return module.init();
}

async function startBase44(options = {}): Promise<Base44Emulator> {
  const base44 = await Base44Emulator.start(options);
  closeAfterTest(() => base44.close());
  return base44;
}

const getHttp = (module: TestingModule, connector: string, instance?: string): HttpService =>
  module.get(getConnectorHttpToken(connector, instance), { strict: false });

/** Creates a class with the injected `HttpService` of a connector. */
function createService(connector: string, instance?: string): Type<{ readonly http: HttpService }> {
  @Injectable()
  class FeatureService {
    constructor(@InjectConnectorHttp(connector, { instance }) readonly http: HttpService) {}
  }
  return FeatureService;
}

/** Creates an agent that connects to a port of loopback for every host. */
function createTlsAgentTo(port: number): Agent {
  const agent = new Agent();
  agent.createConnection = () => connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  return agent;
}

describe('ConnectorsModule.forFeature()', () => {
  describe('registers an HttpService', () => {
    it('for a known connector by its name', async () => {
      const base44 = await startBase44();
      base44.connect('slack', { accessToken: 'xoxb-1' });
      const slack = await startRecordingServer(respondWith({ ok: true }), {
        tls: createSelfSignedCertificate({ ip: '127.0.0.1' }),
      });
      const Service = createService('slack');
      const module = await boot({
        imports: [forRoot(toOptions(base44)), forFeature(['slack'])],
        providers: [Service],
      });
      const { http } = module.get(Service);
      expect(http).toBeInstanceOf(HttpService);
      const config = { httpsAgent: createTlsAgentTo(slack.port) };
      const { data } = await firstValueFrom(http.get<unknown>('/auth.test', config));
      expect(data).toEqual({ ok: true });
      const [request] = slack.requests;
      expect(request).toMatchObject({ method: 'GET', path: '/api/auth.test' });
      expect(getHeader(request!, 'host')).toBe('slack.com');
      expect(getHeader(request!, 'authorization')).toBe('Bearer xoxb-1');
    });

    it.each([
      ['an integration type', 'acme'],
      ['a workspace connector', { workspaceConnector: 'acme' }],
    ])('for a connector that it declares: %s', async (_, connector) => {
      const base44 = await startBase44();
      const provider = await Provider.start();
      const accessToken = goodToken(provider);
      base44.connect(connector, { accessToken });
      const declared = { connector, baseURL: `${provider.url}/v1` };
      const module = await boot({ imports: [forRoot(toOptions(base44)), forFeature([declared])] });
      const http = module.get<HttpService>(getConnectorHttpToken(connector), { strict: false });
      const { data } = await firstValueFrom(http.get<unknown>('/contacts'));
      expect(data).toMatchObject({ path: '/v1/contacts' });
      expect(provider.tokens).toEqual([accessToken]);
    });

    it('for a named instance, with the token of its app', async () => {
      const [base44, crm] = [await startBase44(), await startBase44({ appId: 'crm-app' })];
      const provider = await Provider.start();
      const [own, ofCrm] = [goodToken(provider), goodToken(provider)];
      base44.connect('acme', { accessToken: own });
      crm.connect('acme', { accessToken: ofCrm });
      const Service = createService('acme', 'crm');
      const declared = { connector: 'acme', baseURL: provider.url };
      const module = await boot({
        imports: [
          forRoot(toOptions(base44)),
          forRoot({ ...toOptions(crm), name: 'crm' }),
          // The URL differs by instance.
          forFeature([declared, { ...declared, baseURL: `${provider.url}/crm`, instance: 'crm' }]),
        ],
        providers: [Service],
      });
      await firstValueFrom(module.get(Service).http.get('/contacts'));
      await firstValueFrom(getHttp(module, 'acme').get('/contacts'));
      expect(provider.tokens).toEqual([ofCrm, own]);
      expect(provider.requests.map(({ path }) => path)).toEqual(['/crm/contacts', '/contacts']);
    });
  });

  describe('in several modules', () => {
    const inModules = async (...features: (string | ConnectorFeature)[]) => {
      const connector = features.includes('github') ? 'github' : 'acme';
      const services = features.map(() => createService(connector));
      const modules = features.map((feature, index) => {
        @Module({ imports: [forFeature([feature])], providers: [services[index]!] })
        class FeatureModule {}
        return FeatureModule;
      });
      const module = await boot({
        imports: [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), ...modules],
      });
      const injected = services.map((service) => module.get(service, { strict: false }).http);
      return { module, connector, injected };
    };
    const declared = {
      connector: 'acme',
      baseURL: 'https://api.acme.example/v1',
      allowedOrigins: ['https://uploads.acme.example'],
      retry: true,
    };

    it.each<[string, string | ConnectorFeature, string | ConnectorFeature]>([
      ['by its name', 'github', 'github'],
      ['declared alike', declared, { ...declared, allowedOrigins: [...declared.allowedOrigins] }],
      ['by its name, and with nothing else', 'github', { connector: 'github' }],
      [
        'declared with the same origins',
        { ...declared, allowedOrigins: ['https://b.acme.example', 'https://a.acme.example'] },
        { ...declared, allowedOrigins: ['https://a.acme.example', 'https://b.acme.example'] },
      ],
      ['by its name where others declare it', 'acme', declared],
      ['declared where others give its name', declared, { connector: 'acme' }],
    ])('provides the same HttpService for one connector: %s', async (_, one, other) => {
      const { module, connector, injected } = await inModules(one, other);
      expect(injected).toHaveLength(2);
      expect(injected[0]).toBeInstanceOf(HttpService);
      expect(injected[1]).toBe(injected[0]);
      expect(module.get(ConnectorsService).http(connector)).toBe(injected[0]);
    });

    it.each<[string, Partial<ConnectorFeature>]>([
      ['base URL', { baseURL: 'https://api.acme.example/v2' }],
      ['origins', { allowedOrigins: [] }],
      ['patience', { retry: false }],
    ])('fails startup when two modules declare one connector with another %s', async (_, other) => {
      await expect(inModules(declared, { ...declared, ...other })).rejects.toThrow(
        new ConnectorsConfigurationError(
          "ConnectorsModule.forFeature() declares 'acme' twice with different options. " +
            'Declare the same options, or declare them in one module only.',
        ),
      );
    });
  });

  it.each(['acme', 'databricks'])(
    'fails startup when the base URL of %s is unknown, and names the remedy',
    async (connector) => {
      await expect(
        boot({
          imports: [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), forFeature([connector])],
        }),
      ).rejects.toThrow(
        new ConnectorsConfigurationError(
          `The API address of connector '${connector}' is not known. Check the name, or declare the address: ` +
            `ConnectorsModule.forFeature([{ connector: '${connector}', baseURL: … }]).`,
        ),
      );
    },
  );

  it('fails startup for a metered connector, and says how to call it', async () => {
    const imports = [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), forFeature(['googlemaps'])];
    await expect(boot({ imports })).rejects.toThrow(
      "Connector 'googlemaps' is metered, so Base44 issues no access token for it. " +
        "Call its API with ConnectorsService.callApi('googlemaps', request).",
    );
  });

  describe('needs ConnectorsModule', () => {
    const missing = (named = '', options = '…') =>
      new ConnectorsConfigurationError(
        `ConnectorsModule.forFeature() registers an HttpService, but no ConnectorsModule${named} is ` +
          `available to it. Import ConnectorsModule.forRoot({ ${options} }) in the root module. ` +
          'If it is registered with isGlobal: false, pass the module that exports it to forFeature: ' +
          'forFeature([…], { imports: [ThatModule] }). ' +
          `In a test, import ConnectorsTestingModule.forRoot({ ${options} }).`,
      );
    const options = { appId: 'app1', serviceToken: 'svc_1' };

    it('and names the remedy when no module imports it', async () => {
      await expect(boot({ imports: [forFeature(['slack'])] })).rejects.toThrow(missing());
    });

    it('and names the remedy when no instance has the name', async () => {
      const feature = forFeature([{ connector: 'slack', instance: 'crm' }]);
      await expect(boot({ imports: [forRoot(options), feature] })).rejects.toThrow(
        missing(" named 'crm'", "name: 'crm', …"),
      );
    });

    it('and names the remedy when it is neither global nor imported', async () => {
      const imports = [forRoot({ ...options, isGlobal: false }), forFeature(['slack'])];
      await expect(boot({ imports })).rejects.toThrow(missing());
    });

    it('and uses the imported one when that is not global', async () => {
      const connectors = forRoot({ ...options, isGlobal: false });
      @Module({ imports: [connectors], exports: [connectors] })
      class Base44Module {}
      const Service = createService('slack');
      const module = await boot({
        imports: [forFeature(['slack'], { imports: [Base44Module] })],
        providers: [Service],
      });
      expect(module.get(Service).http).toBe(module.get(ConnectorsService).http('slack'));
    });
  });

  it('replaces the origins of the catalogue with the declared address', async () => {
    const baseURL = 'https://slack.acme.example';
    const module = await boot({
      imports: [
        forRoot({ appId: 'app1', serviceToken: 'svc_1' }),
        forFeature([{ connector: 'slack', baseURL }]),
      ],
    });
    await expect(
      module.get(ConnectorsService).fetch('slack', 'https://files.slack.com/upload'),
    ).rejects.toThrow(`must not be sent to https://files.slack.com, only to ${baseURL}`);
  });

  it('knows no address of a connector ID that equals the name of an integration type', async () => {
    const module = await boot({ imports: [forRoot({ appId: 'app1', serviceToken: 'svc_1' })] });
    await expect(
      module.get(ConnectorsService).fetch({ workspaceConnector: 'slack' }, '/auth.test'),
    ).rejects.toThrow("The API address of connector 'slack' is not known.");
  });

  it('keeps the HttpService of other modules when a module is loaded lazily', async () => {
    const declared = { connector: 'acme', baseURL: 'https://api.acme.example' };
    @Module({})
    class LazyModule {}
    const module = await boot({
      imports: [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), forFeature([declared])],
    });
    const connectors = module.get(ConnectorsService);
    const services = [connectors.http('acme'), connectors.http('slack')];

    await module.get(LazyModuleLoader).load(() => LazyModule);

    expect(connectors.http('acme')).toBe(services[0]);
    expect(connectors.http('slack')).toBe(services[1]);
  });

  it('works in a lazily loaded module too', async () => {
    const base44 = await startBase44();
    const provider = await Provider.start();
    base44.connect('acme', { accessToken: goodToken(provider) });
    @Module({ imports: [forFeature([{ connector: 'acme', baseURL: provider.url }])] })
    class LazyModule {}
    const module = await boot({ imports: [forRoot(toOptions(base44))] });
    const connectors = module.get(ConnectorsService);
    await expect(connectors.fetch('acme', '/x')).rejects.toThrow();

    await module.get(LazyModuleLoader).load(() => LazyModule);

    await expect(connectors.fetch('acme', '/x')).resolves.toMatchObject({ status: 200 });
  });

  it('registers an HttpService whose adapter a test can replace, for @ConnectorHttp too', async () => {
    const base44 = await startBase44();
    base44.connect('acme');
    @Controller()
    class AcmeController {
      @Get()
      async get(@ConnectorHttp('acme') http: HttpService) {
        return (await firstValueFrom(http.get<string>('/x'))).data;
      }
    }
    const module = await boot({
      imports: [
        forRoot({ ...toOptions(base44), request: { appUserToken: () => undefined } }),
        forFeature([{ connector: 'acme', baseURL: 'http://127.0.0.1:1' }]),
      ],
      controllers: [AcmeController],
    });
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    getHttp(module, 'acme').axiosRef.defaults.adapter = async (config) => ({
      ...{ data: 'mocked', status: 200, statusText: 'OK', headers: {}, config },
    });

    await expect((await fetch(await app.getUrl())).text()).resolves.toBe('mocked');
  });

  it('registers an HttpService that a test can override', async () => {
    const Service = createService('slack');
    const fake = { get: () => undefined };
    const module = await Test.createTestingModule({
      imports: [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), forFeature(['slack'])],
      providers: [Service],
    })
      .overrideProvider(getConnectorHttpToken('slack'))
      .useValue(fake)
      .compile();
    closeAfterTest(() => module.close());
    await module.init();
    expect(module.get(Service).http).toBe(fake);
  });

  it('is required for an injected HttpService, and the error names the connector', async () => {
    const imports = [forRoot({ appId: 'app1', serviceToken: 'svc_1' }), forFeature(['notion'])];
    await expect(boot({ imports, providers: [createService('slack')] })).rejects.toThrow(
      /resolve dependencies of the FeatureService \(\?\)[^]*"ConnectorHttp\(slack\)"/,
    );
    await expect(boot({ imports, providers: [createService('slack', 'crm')] })).rejects.toThrow(
      '"ConnectorHttp(crm, slack)"',
    );
  });

  it('is not required for @ConnectorHttp of a known connector', async () => {
    const base44 = await startBase44();
    @Controller()
    class SlackController {
      @Get()
      url(@ConnectorHttp('slack') { axiosRef }: HttpService) {
        return axiosRef.getUri({ url: '/auth.test' });
      }
    }
    const module = await boot({
      imports: [forRoot(toOptions(base44))],
      controllers: [SlackController],
    });
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl());
    await expect(response.text()).resolves.toBe('https://slack.com/api/auth.test');
  });
});
