import {
  Controller,
  Get,
  type INestApplication,
  Post,
  type Type,
  VersioningType,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  ApiExtension,
  ApiOkResponse,
  ApiResponse,
  DocumentBuilder,
  type OpenAPIObject,
  type SwaggerDocumentOptions,
  SwaggerModule,
} from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import {
  type AppUserRoutes,
  ConnectorConnection,
  ConnectorFetch,
  ConnectorsModule,
  ConnectorToken,
  documentConnectors,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';
import { loadWithPlugin } from './compile-with-plugin.js';
import type * as pluginNamespace from './plugin.controller.js';

const ERROR = { $ref: '#/components/schemas/ConnectorsErrorBody' };
const JSON_ERROR = { 'application/json': { schema: ERROR } };

const OPTIONS = {
  appId: 'app1',
  serviceToken: 'svc_1',
  request: { appUserToken: () => undefined },
};

interface Setup {
  readonly controllers?: Type[];
  readonly appUserRoutes?: AppUserRoutes;
  readonly options?: SwaggerDocumentOptions;
  readonly adapter?: FastifyAdapter;
  readonly configure?: (app: INestApplication) => unknown;
}

/** Returns the document of an application of these controllers, without the responses of connectors. */
async function createDocument(setup: Setup): Promise<OpenAPIObject> {
  const { controllers = [], appUserRoutes, options, adapter, configure } = setup;
  const routes = appUserRoutes === undefined ? {} : { appUserRoutes };
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...OPTIONS, ...routes })],
    controllers,
  }).compile();
  const app = adapter ? module.createNestApplication(adapter) : module.createNestApplication();
  closeAfterTest(() => app.close());
  configure?.(app);
  await app.init();
  return SwaggerModule.createDocument(app, new DocumentBuilder().build(), options);
}

const getDocumented = async (setup: Setup): Promise<OpenAPIObject> =>
  documentConnectors(await createDocument(setup));

const getStatuses = (operation: { readonly responses: object } | undefined): string[] =>
  Object.keys(operation!.responses);

@Controller('calendar')
class CalendarController {
  @Get('events')
  events(@ConnectorToken('googlecalendar') _token: string) {
    return [];
  }

  @Post('messages')
  messages(
    @ConnectorFetch('slack') _slack: typeof fetch,
    @ConnectorConnection({ workspaceConnector: '66f0c2a41d' }) _connection: ConnectorConnection,
  ) {
    return {};
  }

  @Get('health')
  health() {
    return 'ok';
  }
}

describe('documentConnectors()', () => {
  it('adds the error responses to the operations that need a connector, and to no other', async () => {
    const { paths, components } = await getDocumented({ controllers: [CalendarController] });

    expect(paths['/calendar/events']!.get!.responses).toEqual({
      200: { description: '' },
      424: {
        description: expect.stringContaining('CONNECTOR_NOT_CONNECTED') as unknown,
        content: JSON_ERROR,
      },
      502: {
        description: expect.stringContaining('UNEXPECTED_RESPONSE') as unknown,
        content: JSON_ERROR,
      },
      503: {
        description: expect.stringContaining('BASE44_UNAVAILABLE') as unknown,
        headers: { 'Retry-After': expect.anything() as unknown },
        content: JSON_ERROR,
      },
    });
    expect(getStatuses(paths['/calendar/messages']!.post)).toEqual(['201', '424', '502', '503']);
    expect(getStatuses(paths['/calendar/health']!.get)).toEqual(['200']);
    expect(components!.schemas).toHaveProperty('ConnectorsErrorBody');
  });

  it('names the connectors of each operation', async () => {
    const { paths } = await getDocumented({ controllers: [CalendarController] });

    expect(paths['/calendar/events']!.get).toMatchObject({
      'x-base44-connectors': ['googlecalendar'],
    });
    expect(paths['/calendar/messages']!.post).toMatchObject({
      'x-base44-connectors': ['slack', 'workspaceConnector:66f0c2a41d'],
    });
    expect(paths['/calendar/health']!.get).not.toHaveProperty('x-base44-connectors');
  });

  it('describes the body that clients receive', async () => {
    await using base44 = await Base44Emulator.start();
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
      controllers: [CalendarController],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const { components } = documentConnectors(
      SwaggerModule.createDocument(app, new DocumentBuilder().build()),
    );
    const schema = components!.schemas!.ConnectorsErrorBody as Record<string, object>;

    const response = await fetch(`${await app.getUrl()}/calendar/events`);
    const body = (await response.json()) as Record<string, unknown>;

    expect(response.status).toBe(424);
    const types = Object.entries(body).map(([name, value]) => [name, typeof value]);
    const documented = Object.entries(schema.properties!).map(
      ([name, { type }]: [string, { type: string }]) => [
        name,
        type === 'integer' ? 'number' : type,
      ],
    );
    expect(types).toEqual(documented);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(schema.required as string[]));
  });

  it('keeps the responses, schemas and extensions that the application documents', async () => {
    class CalendarEvent {
      readonly title = 'Stand-up';
    }

    @Controller()
    class DocumentedController {
      @Get('events')
      @ApiOkResponse({ type: CalendarEvent, description: 'The event' })
      @ApiResponse({ status: 424, description: 'Our own words' })
      @ApiExtension('x-internal', { team: 'calendar' })
      events(@ConnectorToken('googlecalendar') _token: string) {
        return new CalendarEvent();
      }
    }

    const { paths, components } = await getDocumented({ controllers: [DocumentedController] });

    expect(paths['/events']!.get).toMatchObject({
      'x-internal': { team: 'calendar' },
      responses: {
        200: { description: 'The event' },
        424: { description: 'Our own words' },
        502: { content: JSON_ERROR },
      },
    });
    expect(paths['/events']!.get!.responses[424]).not.toHaveProperty('content');
    expect(components!.schemas).toHaveProperty('CalendarEvent');
  });

  it('returns the same document for its own result, and changes no argument', async () => {
    const document = await createDocument({ controllers: [CalendarController] });
    const before = structuredClone(document);

    const documented = documentConnectors(document);

    expect(document).toEqual(before);
    expect(documentConnectors(documented)).toEqual(documented);
  });

  it.each([
    ['Express', () => undefined],
    ['Fastify', () => new FastifyAdapter()],
  ])('finds operations with a prefix, versions and other ids on %s', async (_, createAdapter) => {
    const adapter = createAdapter();
    const { paths } = await getDocumented({
      controllers: [CalendarController],
      ...(adapter && { adapter }),
      options: { operationIdFactory: (_controller, method) => method },
      configure: (app) =>
        app
          .setGlobalPrefix('api')
          .enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] }),
    });

    for (const version of ['v1', 'v2']) {
      const path = `/api/${version}/calendar`;
      expect(getStatuses(paths[`${path}/events`]!.get)).toContain('424');
      expect(getStatuses(paths[`${path}/health`]!.get)).toEqual(['200']);
    }
  });

  it('finds inherited handlers, and handlers that a decorator replaces', async () => {
    const Replace: MethodDecorator = (_target, _name, descriptor) => {
      const original = descriptor.value as (...args: unknown[]) => unknown;
      const replacement = function (this: unknown, ...args: unknown[]) {
        return original.apply(this, args);
      };
      return { ...descriptor, value: replacement } as typeof descriptor;
    };

    abstract class BaseController {
      @Get('inherited')
      inherited(@ConnectorToken('slack') _token: string) {
        return [];
      }
    }

    @Controller()
    class ReplacingController extends BaseController {
      @Get('replaced')
      @Replace
      replaced(@ConnectorToken('slack') _token: string) {
        return [];
      }
    }

    const { paths } = await getDocumented({ controllers: [ReplacingController] });

    expect(getStatuses(paths['/inherited']!.get)).toContain('424');
    expect(getStatuses(paths['/replaced']!.get)).toContain('424');
  });

  it('adds 401 to operations for connectors of users', async () => {
    @Controller()
    class AgendaController {
      @Get('agenda')
      agenda(@ConnectorToken({ appUserConnector: '66f0c2a41d' }) _token: string) {
        return [];
      }
    }

    const { paths } = await getDocumented({ controllers: [AgendaController] });

    expect(getStatuses(paths['/agenda']!.get)).toEqual(['200', '401', '424', '502', '503']);
  });

  it('keeps the response that the plugin of the Nest CLI documents', async () => {
    const { PluginController } =
      await loadWithPlugin<typeof pluginNamespace>('plugin.controller.ts');

    const { paths } = await getDocumented({ controllers: [PluginController] });

    const operation = paths['/plugin/events']!.get!;
    expect(operation.summary).toBe('Lists the events.');
    expect(operation.responses).toMatchObject({
      200: {
        content: {
          'application/json': {
            schema: { type: 'array', items: { $ref: '#/components/schemas/CalendarEvent' } },
          },
        },
      },
      424: { content: JSON_ERROR },
    });
  });
});

describe('The document of appUserRoutes', () => {
  const INLINE_ERROR = {
    'application/json': {
      schema: { type: 'object', required: ['statusCode', 'message', 'retryable'] },
    },
  };
  const STATUS = {
    'application/json': {
      schema: { properties: { connector: { type: 'string' }, connected: { type: 'boolean' } } },
    },
  };

  it('contains their responses and parameters, without documentConnectors()', async () => {
    const appUserRoutes = { path: 'accounts', returnTo: ['/calendar', '/settings'] };
    const { paths } = await createDocument({ appUserRoutes });

    const connect = paths['/accounts/{connectorId}/connect']!.get!;
    expect(connect.parameters).toEqual([
      { name: 'connectorId', in: 'path', required: true, schema: { type: 'string' } },
      {
        name: 'returnTo',
        in: 'query',
        required: false,
        description: expect.any(String) as unknown,
        schema: { type: 'string', enum: ['/calendar', '/settings'] },
      },
    ]);
    expect(connect.responses).toMatchObject({
      200: { content: STATUS },
      302: { description: 'The consent page, or the page of returnTo.' },
      400: { content: INLINE_ERROR },
      401: { content: INLINE_ERROR },
      409: { content: INLINE_ERROR },
    });
    const { get: status, delete: disconnect } = paths['/accounts/{connectorId}']!;
    expect(status!.responses).toMatchObject({
      200: { content: STATUS },
      401: { content: INLINE_ERROR },
    });
    expect(getStatuses(disconnect)).toEqual(['204', '400', '401']);
  });

  it('contains an optional returnTo when no page is allowed', async () => {
    const { paths } = await createDocument({ appUserRoutes: { path: 'accounts' } });

    expect(paths['/accounts/{connectorId}/connect']!.get!.parameters).toContainEqual({
      name: 'returnTo',
      in: 'query',
      required: false,
      description: expect.any(String) as unknown,
      schema: { type: 'string' },
    });
  });

  it('gets the errors of connectors from documentConnectors()', async () => {
    const { paths } = await getDocumented({ appUserRoutes: { path: 'accounts' } });

    const { get: status, delete: disconnect } = paths['/accounts/{connectorId}']!;
    expect(getStatuses(status)).toEqual(['200', '400', '401', '424', '502', '503']);
    expect(getStatuses(disconnect)).toEqual(['204', '400', '401', '424', '502', '503']);
    expect(status!.responses[401]).toMatchObject({ content: INLINE_ERROR });
  });
});
