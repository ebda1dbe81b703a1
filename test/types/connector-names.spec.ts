import { CONNECTORS } from 'nestjs-base44-connectors';
import {
  type Application,
  getCompletions,
  findErrors,
  GENERATED_BY_CLI,
  findMarked,
} from './application.js';

const KNOWN = Object.keys(CONNECTORS).sort();

/** The line that registers the types of the CLI. */
const BASE44_TYPES = "import type {} from 'nestjs-base44-connectors/base44-types';";

/** The file of the CLI for an app with entities and without connectors. */
const GENERATED_FOR_ENTITIES = `
  import '@base44/sdk';
  declare module '@base44/sdk' { interface EntityTypeRegistry { "Task": { title: string } } }`;

/** Registers integration types by hand. */
const registry = (module: string, members: string) => `
  import '${module}';
  declare module '${module}' { interface ConnectorIntegrationTypeRegistry { ${members} } }`;

const SDK = '@base44/sdk';
const FILE_OF_THE_SDK = '@base44/sdk/dist/modules/connectors.types.js';
const THIS_MODULE = 'nestjs-base44-connectors';

const main = (...lines: string[]) =>
  [
    "import type { HttpService } from '@nestjs/axios';",
    "import { ConnectorConnection, ConnectorHttp, ConnectorToken } from 'nestjs-base44-connectors';",
    "import { getConnectorHttpToken, InjectConnectorHttp } from 'nestjs-base44-connectors';",
    "import { type ConnectorRef, ConnectorsModule, type ConnectorsService } from 'nestjs-base44-connectors';",
    'declare const connectors: ConnectorsService;',
    'declare const anyString: string;',
    ...lines,
  ].join('\n');

/** Places that accept only integration types. */
const typePlaces = (name: string) => [
  `void connectors.getAccessToken(${name});`,
  `void connectors.callApi(${name}, { path: '/' });`,
];

/** Places that accept connectors of every kind. */
const refPlaces = (name: string) => [
  `void connectors.getConnection(${name});`,
  `void connectors.fetch(${name}, '/');`,
  `void connectors.http(${name});`,
  `void connectors.invalidate(${name});`,
  `void ConnectorsModule.forFeature([${name}]);`,
  `void ConnectorsModule.forFeature([{ connector: ${name} }]);`,
  `void getConnectorHttpToken(${name});`,
  `void (${name} satisfies ConnectorRef);`,
  `{ class A { get(@ConnectorToken(${name}) token: string) { return token; } } }`,
  `{ class A { get(@ConnectorConnection(${name}) of: ConnectorConnection) { return of; } } }`,
  `{ class A { get(@ConnectorHttp(${name}) http: unknown) { return http; } } }`,
  `{ class A { constructor(@InjectConnectorHttp(${name}) readonly http: unknown) {} } }`,
  `{ class A { @InjectConnectorHttp(${name}) readonly http!: HttpService; } }`,
];

const everyPlace = (name: string) => [...typePlaces(name), ...refPlaces(name)];

const marked = (lines: string[]) => lines.map((line) => `${line} // error`);

/** Expects errors in exactly the marked lines. */
function expectErrorsWhereMarked(application: Application): void {
  expect(findErrors(application)).toEqual(findMarked(application));
}

/** Returns the completions of an editor, which must be the same in every place. */
function complete(application: Application): string[] {
  const offers = getCompletions({ ...application, 'main.ts': main(...everyPlace("'|'")) });
  const [first = []] = offers;
  for (const offer of offers) expect(offer).toEqual(first);
  return first;
}

/** Returns the completions of an editor at the end of a line. */
const completeAfter = (line: string, application: Application) =>
  getCompletions({ ...application, 'main.ts': main(`${line}|`) });

/** Both orders of files, because an application cannot choose it. */
const inBothOrders = (application: Application): Application[] => [
  application,
  Object.fromEntries(Object.entries(application).reverse()),
];

describe('The names of connectors', () => {
  describe.each<[string, Application]>([
    ['nothing registered', {}],
    ["the CLI's file, without the one line", { 'types.d.ts': GENERATED_BY_CLI }],
    ['the one line, and nothing generated', { 'base44.ts': BASE44_TYPES }],
    [
      'the one line, and no connectors in what is generated',
      { 'types.d.ts': GENERATED_FOR_ENTITIES, 'base44.ts': BASE44_TYPES },
    ],
  ])('with %s', (_, application) => {
    it('are any string, and no other type', () => {
      const names = ["'slack'", "'my-own'", 'anyString'].flatMap(everyPlace);
      const others = ['42', "{ workspaceConnector: 'abc' }"].flatMap(typePlaces);
      expectErrorsWhereMarked({ ...application, 'main.ts': main(...names, ...marked(others)) });
    });

    it('have completions for all 48 known connectors', () => {
      expect(KNOWN).toHaveLength(48);
      expect(complete(application)).toEqual(KNOWN);
    });
  });

  describe.each<[string, Application, string[]]>([
    [
      "the CLI's file and the one line",
      { 'types.d.ts': GENERATED_BY_CLI, 'base44.ts': BASE44_TYPES },
      ['googlecalendar', 'slack'],
    ],
    [
      "the SDK's registry, by the SDK's name, and the one line",
      { 'sdk.ts': registry(SDK, 'slack: true'), 'base44.ts': BASE44_TYPES },
      ['slack'],
    ],
    [
      "the SDK's registry, by its file's name, and the one line",
      { 'sdk-file.ts': registry(FILE_OF_THE_SDK, 'slack: true'), 'base44.ts': BASE44_TYPES },
      ['slack'],
    ],
    [
      'types registered by hand',
      { 'own.ts': registry(THIS_MODULE, 'slack: true; "my-own": true') },
      ['my-own', 'slack'],
    ],
    [
      'types registered by hand in two files',
      {
        'own.ts': registry(THIS_MODULE, 'slack: true'),
        'more.ts': registry(THIS_MODULE, 'notion: true'),
      },
      ['notion', 'slack'],
    ],
    [
      "the CLI's file, the one line, and more by hand",
      {
        'own.ts': registry(THIS_MODULE, 'notion: true'),
        'types.d.ts': GENERATED_BY_CLI,
        'base44.ts': BASE44_TYPES,
      },
      ['googlecalendar', 'notion', 'slack'],
    ],
    [
      'all of these together',
      {
        'sdk.ts': registry(SDK, 'slack: true; github: true'),
        'sdk-file.ts': registry(FILE_OF_THE_SDK, 'slack: true; linear: true'),
        'types.d.ts': GENERATED_BY_CLI,
        'own.ts': registry(THIS_MODULE, 'slack: true; notion: true'),
        'base44.ts': BASE44_TYPES,
      },
      ['github', 'googlecalendar', 'linear', 'notion', 'slack'],
    ],
    [
      'all of these together, each with values of its own',
      {
        'sdk.ts': registry(SDK, 'slack: string'),
        'sdk-file.ts': registry(FILE_OF_THE_SDK, 'slack: 1'),
        'types.d.ts': GENERATED_BY_CLI,
        'own.ts': registry(THIS_MODULE, 'slack: { scopes: string[] }'),
        'base44.ts': BASE44_TYPES,
      },
      ['googlecalendar', 'slack'],
    ],
  ])('with %s', (_, registered, own) => {
    it('are exactly those, in any order of the files', () => {
      const names = own.flatMap((name) => everyPlace(`'${name}'`));
      const others = ["'hubspot'", "'Slack'", 'anyString'].flatMap(everyPlace);
      const lines = main(...names, ...marked(others));
      for (const application of inBothOrders(registered)) {
        expectErrorsWhereMarked({ 'main.ts': lines, ...application });
      }
    });

    it('have completions for those, and no others', () => {
      expect(complete(registered)).toEqual(own);
    });
  });

  describe("with the CLI's file and the one line", () => {
    const application = { 'types.d.ts': GENERATED_BY_CLI, 'base44.ts': BASE44_TYPES };

    it('do not restrict the ids of workspace and app user connectors', () => {
      const ids = ["{ workspaceConnector: 'hubspot' }", '{ appUserConnector: anyString }'];
      const misspelt = refPlaces("{ workspaceConector: 'hubspot' }");
      const lines = main(...ids.flatMap(refPlaces), ...marked(misspelt));
      expectErrorsWhereMarked({ ...application, 'main.ts': lines });
    });

    it('do not restrict the connectors of tests', () => {
      const lines = main(
        "import { type Base44Emulator, ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';",
        'declare const base44: Base44Emulator;',
        "base44.connect('hubspot', { accessToken: 'test' });",
        "void ConnectorsTestingModule.withTokens({ hubspot: 'test' });",
      );
      expectErrorsWhereMarked({ ...application, 'main.ts': lines });
    });
  });

  it('have completions after an open quote', () => {
    const line = "void connectors.getAccessToken('";
    expect(completeAfter(line, {})).toEqual([KNOWN]);
    const registered = { 'types.d.ts': GENERATED_BY_CLI, 'base44.ts': BASE44_TYPES };
    expect(completeAfter(line, registered)).toEqual([['googlecalendar', 'slack']]);
  });
});
