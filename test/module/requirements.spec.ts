import { HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Test, type TestingModule } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  ConnectorConnection,
  ConnectorHttp,
  type ConnectorRequirement,
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  InjectConnectorHttp,
  InjectConnectors,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';

const OPTIONS = { appId: 'app1', serviceToken: 'svc_1' };

async function start(metadata: ModuleMetadata): Promise<TestingModule> {
  const { imports = [ConnectorsModule.forRoot(OPTIONS)] } = metadata;
  const module = await Test.createTestingModule({ ...metadata, imports }).compile();
  closeAfterTest(() => module.close());
  return module.init();
}

const getRequirements = (module: TestingModule): readonly ConnectorRequirement[] =>
  module.get(ConnectorsService).requirements();

/** Returns the requirements of an application of these classes. */
const getRequired = async (metadata: ModuleMetadata): Promise<readonly ConnectorRequirement[]> =>
  getRequirements(await start(metadata));

const required = (connector: ConnectorRequirement['connector'], ...requiredBy: string[]) => ({
  connector,
  isOptional: false,
  needsToken: true,
  requiredBy,
});

@Controller()
class SlackController {
  @Get()
  token(@ConnectorToken('slack') token: string) {
    return token;
  }
}

describe('ConnectorsService.requirements()', () => {
  it('lists the decorators of a module that is loaded lazily, in a list of its own', async () => {
    @Injectable()
    class LazyService {
      constructor(@InjectConnectorHttp('github') readonly http: HttpService) {}
    }
    @Module({ imports: [ConnectorsModule.forFeature(['github'])], providers: [LazyService] })
    class LazyModule {}
    const module = await start({ controllers: [SlackController] });
    const before = getRequirements(module);
    (before as ConnectorRequirement[]).length = 0;
    await module.get(LazyModuleLoader).load(() => LazyModule);
    expect(getRequirements(module)).toEqual([
      required('slack', 'SlackController.token'),
      required('github', 'LazyService'),
    ]);
  });

  it('lists the decorators of controllers', async () => {
    @Controller()
    class HttpController {
      @Get('token')
      token(@ConnectorToken('slack') token: string) {
        return token;
      }

      @Get('connection')
      connection(@ConnectorConnection('zendesk') connection: ConnectorConnection) {
        return connection;
      }

      @Get('http')
      http(@ConnectorHttp('github') _http: HttpService) {
        return {};
      }
    }
    await expect(getRequired({ controllers: [HttpController] })).resolves.toEqual([
      required('slack', 'HttpController.token'),
      required('zendesk', 'HttpController.connection'),
      required('github', 'HttpController.http'),
    ]);
  });

  it('lists the decorators of resolvers: in queries, mutations and fields', async () => {
    @Resolver('Event')
    class EventResolver {
      @Query()
      events(@ConnectorToken('googlecalendar') token: string) {
        return token;
      }

      @Mutation()
      post(@ConnectorHttp('slack') _http: HttpService) {
        return {};
      }

      @ResolveField()
      link(@ConnectorConnection('zoom') connection: ConnectorConnection) {
        return connection;
      }
    }
    await expect(getRequired({ providers: [EventResolver] })).resolves.toEqual([
      required('googlecalendar', 'EventResolver.events'),
      required('slack', 'EventResolver.post'),
      required('zoom', 'EventResolver.link'),
    ]);
  });

  it('lists the decorators of gateways and message handlers', async () => {
    @WebSocketGateway()
    class ChatGateway {
      @SubscribeMessage('send')
      send(@ConnectorHttp('slack') _http: HttpService) {
        return {};
      }
    }
    @Controller()
    class MessagesController {
      @MessagePattern('sync')
      sync(@ConnectorConnection('notion') connection: ConnectorConnection) {
        return connection;
      }

      @EventPattern('changed')
      changed(@ConnectorToken('notion') token: string) {
        return token;
      }
    }
    await expect(
      getRequired({ controllers: [MessagesController], providers: [ChatGateway] }),
    ).resolves.toEqual([
      required('notion', 'MessagesController.sync', 'MessagesController.changed'),
      required('slack', 'ChatGateway.send'),
    ]);
  });

  it('lists the classes with @InjectConnectorHttp on a constructor parameter or a property', async () => {
    @Injectable()
    class DigestService {
      constructor(@InjectConnectorHttp('slack') readonly slack: HttpService) {}
    }
    @Injectable()
    class AgendaService {
      @InjectConnectorHttp('slack')
      readonly slack!: HttpService;

      @InjectConnectorHttp('notion')
      readonly notion!: HttpService;
    }
    @Controller()
    class IssuesController {
      constructor(@InjectConnectorHttp('github') readonly github: HttpService) {}
    }
    const connectors = ConnectorsModule.forFeature(['slack', 'notion', 'github']);
    const requirements = await getRequired({
      imports: [ConnectorsModule.forRoot(OPTIONS), connectors],
      controllers: [IssuesController],
      providers: [DigestService, AgendaService],
    });
    expect(requirements).toEqual([
      required('github', 'IssuesController'),
      required('slack', 'DigestService', 'AgendaService'),
      required('notion', 'AgendaService'),
    ]);
  });

  it('does not list calls of services', async () => {
    @Injectable()
    class DigestService {
      constructor(readonly connectors: ConnectorsService) {}
    }
    await expect(getRequired({ providers: [DigestService] })).resolves.toEqual([]);
  });

  it('groups by connector, and distinguishes the kinds of connectors', async () => {
    @Controller()
    class KindsController {
      @Get('a')
      a(
        @ConnectorToken('same') _type: string,
        @ConnectorToken({ workspaceConnector: 'same' }) _workspace: string,
        @ConnectorToken({ appUserConnector: 'same' }) _user: string,
      ) {
        return {};
      }

      @Get('b')
      b(
        @ConnectorConnection('same') _type: ConnectorConnection,
        @ConnectorConnection({ workspaceConnector: 'same' }) _workspace: ConnectorConnection,
        @ConnectorHttp({ appUserConnector: 'same' }) _http: HttpService,
        @ConnectorToken({ appUserConnector: 'same' }) _user: string,
      ) {
        return {};
      }
    }
    const requirements = await getRequired({ controllers: [KindsController] });
    expect(requirements).toHaveLength(3);
    const handlers = ['KindsController.a', 'KindsController.b'];
    expect(requirements).toEqual(
      expect.arrayContaining([
        required('same', ...handlers),
        required({ workspaceConnector: 'same' }, ...handlers),
        required({ appUserConnector: 'same' }, ...handlers),
      ]),
    );
  });

  describe('lists a connector as optional', () => {
    @Controller()
    class MaybeController {
      @Get('maybe')
      maybe(@ConnectorToken('slack', { optional: true }) token: string | null) {
        return token;
      }

      @Get('perhaps')
      perhaps(@ConnectorHttp('slack', { optional: true }) _http: HttpService | null) {
        return {};
      }
    }
    const handlers = ['MaybeController.maybe', 'MaybeController.perhaps'];

    it('when every decorator is optional', async () => {
      await expect(getRequired({ controllers: [MaybeController] })).resolves.toEqual([
        { connector: 'slack', isOptional: true, needsToken: true, requiredBy: handlers },
      ]);
    });

    it('and not when one decorator is required, first or last', async () => {
      const first = await getRequired({ controllers: [SlackController, MaybeController] });
      expect(first).toEqual([required('slack', 'SlackController.token', ...handlers)]);
      const last = await getRequired({ controllers: [MaybeController, SlackController] });
      expect(last).toEqual([required('slack', ...handlers, 'SlackController.token')]);
    });
  });

  it('lists inherited handlers for each class', async () => {
    abstract class BaseController {
      @Get('list')
      list(@ConnectorToken('github') token: string) {
        return token;
      }
    }
    @Controller('issues')
    class IssuesController extends BaseController {
      @Get('own')
      own(@ConnectorToken('slack') token: string) {
        return token;
      }
    }
    @Controller('releases')
    class ReleasesController extends BaseController {}

    await expect(
      getRequired({ controllers: [IssuesController, ReleasesController] }),
    ).resolves.toEqual([
      required('github', 'IssuesController.list', 'ReleasesController.list'),
      required('slack', 'IssuesController.own'),
    ]);
  });

  it('lists inherited injections', async () => {
    abstract class GithubService {
      constructor(@InjectConnectorHttp('github') readonly github: HttpService) {}
    }
    @Injectable()
    class IssuesService extends GithubService {}

    const imports = [ConnectorsModule.forRoot(OPTIONS), ConnectorsModule.forFeature(['github'])];
    await expect(getRequired({ imports, providers: [IssuesService] })).resolves.toEqual([
      required('github', 'IssuesService'),
    ]);
  });

  it('lists a class once when several modules provide it, under any token', async () => {
    @Resolver()
    class SharedResolver {
      @Query()
      token(@ConnectorToken('slack') token: string) {
        return token;
      }
    }
    @Module({ providers: [SharedResolver] })
    class FirstModule {}
    @Module({ providers: [{ provide: 'SHARED', useClass: SharedResolver }] })
    class SecondModule {}

    const imports = [ConnectorsModule.forRoot(OPTIONS), FirstModule, SecondModule];
    await expect(getRequired({ imports })).resolves.toEqual([
      required('slack', 'SharedResolver.token'),
    ]);
  });

  it('does not list the requirements of another application in the process', async () => {
    @Controller()
    class NotionController {
      @Get()
      token(@ConnectorToken('notion') token: string) {
        return token;
      }
    }
    const slack = await start({ controllers: [SlackController] });
    const notion = await start({ controllers: [NotionController] });
    expect(getRequirements(slack)).toEqual([required('slack', 'SlackController.token')]);
    expect(getRequirements(notion)).toEqual([required('notion', 'NotionController.token')]);
  });

  it('lists those of its instance, for every identity', async () => {
    @Controller()
    class CrmController {
      @Get()
      contacts(@ConnectorToken('hubspot', { instance: 'crm' }) token: string) {
        return token;
      }
    }
    @Injectable()
    class CrmService {
      @InjectConnectorHttp('hubspot', { instance: 'crm' })
      readonly hubspot!: HttpService;

      constructor(
        readonly main: ConnectorsService,
        @InjectConnectors('crm') readonly crm: ConnectorsService,
      ) {}
    }
    const module = await start({
      imports: [
        ConnectorsModule.forRoot(OPTIONS),
        ConnectorsModule.forRoot({ ...OPTIONS, name: 'crm' }),
        ConnectorsModule.forFeature([{ connector: 'hubspot', instance: 'crm' }]),
      ],
      controllers: [SlackController, CrmController],
      providers: [CrmService],
    });
    const { main, crm } = module.get(CrmService);
    const own = [required('slack', 'SlackController.token')];
    expect(main.requirements()).toEqual(own);
    expect(main.asAppUser('user-token').requirements()).toEqual(own);
    expect(crm.requirements()).toEqual([
      required('hubspot', 'CrmController.contacts', 'CrmService'),
    ]);
  });
});
