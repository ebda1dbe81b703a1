import { CONNECTORS } from 'nestjs-base44-connectors';
import {
  type Application,
  completionsIn,
  errorsIn,
  GENERATED_BY_CLI,
  markedIn,
} from './application.js';

const KNOWN = Object.keys(CONNECTORS).sort();

/** The one line. */
const BASE44_TYPES = "import type {} from 'nestjs-base44-connectors/base44-types';";

/** What the CLI writes for an app without connectors. */
const GENERATED_EMPTY = "import '@base44/sdk';\n\ndeclare module '@base44/sdk' {\n}";

/** Registers integration types by hand. */
const registry = (module: string, members: string) =>
  `import '${module}';
   declare module '${module}' { interface ConnectorIntegrationTypeRegistry { ${members} } }`;

const OF_THE_SDK = '@base44/sdk/dist/modules/connectors.types.js';

const main = (...lines: string[]) =>
  [
    "import type { HttpService } from '@nestjs/axios';",
    "import { ConnectorConnection, ConnectorHttp, ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';",
    "import { getConnectorHttpToken, InjectConnectorHttp } from 'nestjs-base44-connectors';",
    "import type { ConnectorRef, ConnectorsService } from 'nestjs-base44-connectors';",
    'declare const connectors: ConnectorsService;',
    'declare const anyString: string;',
    ...lines,
  ].join('\n');

/** Integration types only. */
const typePlaces = (name: string) => [
  `void connectors.getAccessToken(${name});`,
  `void connectors.callApi(${name}, { path: '/' });`,
];

const refPlaces = (name: string) => [
  `void connectors.getConnection(${name}, { fresh: true });`,
  `void connectors.fetch(${name}, '/');`,
  `void connectors.http(${name}).get('/');`,
  `void connectors.invalidate(${name});`,
  `void ConnectorsModule.forFeature([${name}]);`,
  `void ConnectorsModule.forFeature([{ connector: ${name}, retry: true }]);`,
  `void getConnectorHttpToken(${name});`,
  `void (${name} satisfies ConnectorRef);`,
  `{ class A { get(@ConnectorToken(${name}) token: string) { return token; } } }`,
  `{ class A { get(@ConnectorConnection(${name}) { accessToken }: ConnectorConnection) { return accessToken; } } }`,
  `{ class A { get(@ConnectorHttp(${name}, { optional: true }) http: unknown) { return http; } } }`,
  `{ class A { constructor(@InjectConnectorHttp(${name}) readonly http: unknown) {} } }`,
  `{ class A { @InjectConnectorHttp(${name}) readonly http!: HttpService; } }`,
];

/** A line for each place where a connector is named. */
const everyPlace = (name: string) => [...typePlaces(name), ...refPlaces(name)];

const refused = (lines: string[]) => lines.map((line) => `${line} // error`);

/** Where editors offer names. */
const OPENED = [
  "connectors.getAccessToken('|')",
  "connectors.getAccessToken('|",
  "connectors.getConnection('|')",
  "connectors.callApi('|', { path: '/' })",
  "connectors.fetch('|', '/')",
  "connectors.http('|')",
  "connectors.invalidate('|')",
  "ConnectorsModule.forFeature(['|'])",
  "ConnectorsModule.forFeature([{ connector: '|' }])",
  "class A { get(@ConnectorToken('|') token: string) {} }",
  "class A { get(@ConnectorConnection('|') connection: unknown) {} }",
  "class A { get(@ConnectorHttp('|') http: unknown) {} }",
  "class A { constructor(@InjectConnectorHttp('|') http: unknown) {} }",
];

function expectErrorsWhereMarked(application: Application): void {
  expect(errorsIn(application)).toEqual(markedIn(application));
}

describe('The names of connectors', () => {
  describe.each<[string, Application]>([
    ['nothing registered', {}],
    ["the CLI's file alone, without the one line", { 'types.d.ts': GENERATED_BY_CLI }],
    ['the one line, and nothing generated', { 'base44.ts': BASE44_TYPES }],
    [
      'the one line, and generated types without connectors',
      { 'base44.ts': BASE44_TYPES, 'types.d.ts': GENERATED_EMPTY },
    ],
  ])('with %s', (_, application) => {
    it('are any string', () => {
      const names = ["'slack'", "'github'", "'my-own'", 'anyString'];
      expectErrorsWhereMarked({ ...application, 'main.ts': main(...names.flatMap(everyPlace)) });
    });

    it('are nothing but strings', () => {
      const lines = ['42', 'undefined', "{ workspaceConnector: 'abc' }"].flatMap(typePlaces);
      expectErrorsWhereMarked({ ...application, 'main.ts': main(...refused(lines)) });
    });

    it.each(OPENED)('are offered, all 48 that are known, at %s', (line) => {
      expect(KNOWN).toHaveLength(48);
      expect(completionsIn({ ...application, 'main.ts': main(line) })).toEqual(KNOWN);
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
      { 'types.ts': registry('@base44/sdk', 'slack: true'), 'base44.ts': BASE44_TYPES },
      ['slack'],
    ],
    [
      "the SDK's registry, in its own file, and the one line",
      { 'types.ts': registry(OF_THE_SDK, 'slack: true'), 'base44.ts': BASE44_TYPES },
      ['slack'],
    ],
    [
      'an augmentation of this module',
      { 'types.ts': registry('nestjs-base44-connectors', 'slack: true; "my-own": true') },
      ['my-own', 'slack'],
    ],
    [
      'all of these together',
      {
        'types.d.ts': GENERATED_BY_CLI,
        'sdk.ts': registry('@base44/sdk', 'slack: true; notion: true'),
        'sdk-file.ts': registry(OF_THE_SDK, 'slack: true; linear: true'),
        'own.ts': registry('nestjs-base44-connectors', 'slack: true; "my-own": true'),
        'base44.ts': BASE44_TYPES,
      },
      ['googlecalendar', 'linear', 'my-own', 'notion', 'slack'],
    ],
    [
      'all of these together, each with a value of its own',
      {
        'types.d.ts': GENERATED_BY_CLI,
        'sdk.ts': registry('@base44/sdk', 'slack: string; notion: unknown'),
        'sdk-file.ts': registry(OF_THE_SDK, 'slack: 1; notion: never'),
        'own.ts': registry('nestjs-base44-connectors', 'slack: { scopes: string[] }'),
        'base44.ts': BASE44_TYPES,
      },
      ['googlecalendar', 'notion', 'slack'],
    ],
  ])('with %s', (_, application, own) => {
    it('are exactly those, in every place', () => {
      const accepted = own.flatMap((name) => everyPlace(`'${name}'`));
      const others = ["'github'", "'Slack'", "''", 'anyString'].flatMap(everyPlace);
      expectErrorsWhereMarked({ ...application, 'main.ts': main(...accepted, ...refused(others)) });
    });

    it('leave the ids of workspace and app-user connectors free', () => {
      const ids = ["{ workspaceConnector: 'github' }", '{ appUserConnector: anyString }'];
      const misspelt = "void connectors.getConnection({ workspaceConector: 'github' });";
      expectErrorsWhereMarked({
        ...application,
        'main.ts': main(...ids.flatMap(refPlaces), ...refused([misspelt])),
      });
    });

    it('leave tests free', () => {
      const lines = [
        "import { Base44Emulator, ConnectorsTestingModule } from 'nestjs-base44-connectors/testing';",
        'declare const base44: Base44Emulator;',
        "base44.connect('github', { accessToken: 'gho-1' });",
        "void ConnectorsTestingModule.withTokens({ github: 'gho-1' });",
      ];
      expectErrorsWhereMarked({ ...application, 'main.ts': main(...lines) });
    });

    it.each(OPENED)('are offered, and no others, at %s', (line) => {
      expect(completionsIn({ ...application, 'main.ts': main(line) })).toEqual(own);
    });
  });
});
