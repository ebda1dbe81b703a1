import { EMULATOR_DEFAULTS } from '../testing/emulator/emulator.defaults.js';
import type { PackageImport } from './import-declarations.js';

/** Variables for `.env.example`, with the comment above them. */
export interface VariableGroup {
  readonly comment: string;
  readonly lines: readonly string[];
}

/** One of the ways in which an application gets tokens. The README shows their code. */
export interface Way {
  /** Completes "for an application that". */
  readonly audience: string;
  /** The element of `imports`. It has no quotes within strings. */
  readonly registration: string;
  readonly usesConfig: boolean;
  readonly variables: readonly VariableGroup[];
  /** Completes "Next:". */
  readonly nextStep: string;
}

const APP_ID: VariableGroup = {
  comment: "The app's id, from the address of its Base44 editor",
  lines: ['BASE44_APP_ID='],
};

const EMULATOR = 'npx nestjs-base44-connectors emulator --connect googlecalendar';

export const WAYS: Readonly<Record<'broker' | 'headers' | 'emulator', Way>> = {
  broker: {
    audience: 'runs outside Base44',
    registration: `ConnectorsModule.forRootAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    appId: config.getOrThrow<string>('BASE44_APP_ID'),
    broker: {
      url: config.getOrThrow<string>('BASE44_BROKER_URL'),
      secret: config.getOrThrow<string>('BASE44_BROKER_SECRET'),
    },
  }),
})`,
    usesConfig: true,
    variables: [
      APP_ID,
      {
        comment: "'npx nestjs-base44-connectors broker init' prints these lines",
        lines: ['BASE44_BROKER_URL=', 'BASE44_BROKER_SECRET='],
      },
    ],
    nextStep: `write the broker into your Base44 app. The command prints the lines for .env:
  npx nestjs-base44-connectors broker init <folder of the app> --allow googlecalendar,slack`,
  },
  headers: {
    audience: "gets requests with Base44's headers",
    registration: `ConnectorsModule.forRootAsync({
  useFactory: () => ({
    appId: process.env.BASE44_APP_ID!,
    serverUrl: process.env.BASE44_API_URL, // https://base44.app by default
    request: { base44Headers: true },
  }),
})`,
    usesConfig: false,
    variables: [
      APP_ID,
      { comment: 'The server of Base44', lines: ['BASE44_API_URL=https://base44.app'] },
    ],
    nextStep: 'set BASE44_APP_ID in the environment of the application. Its code loads no .env.',
  },
  emulator: {
    audience: 'has a service token, such as that of the emulator',
    registration: `ConnectorsModule.forRootAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    appId: config.getOrThrow<string>('BASE44_APP_ID'),
    serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
    serverUrl: config.getOrThrow<string>('BASE44_API_URL'),
  }),
})`,
    usesConfig: true,
    variables: [
      {
        comment: `The values of '${EMULATOR}'`,
        lines: [
          `BASE44_APP_ID=${EMULATOR_DEFAULTS.appId}`,
          `BASE44_API_URL=http://127.0.0.1:${EMULATOR_DEFAULTS.port}`,
          `BASE44_SERVICE_TOKEN=${EMULATOR_DEFAULTS.serviceToken}`,
        ],
      },
    ],
    nextStep: `copy .env.example to .env, and start the emulator:
  ${EMULATOR}`,
  },
};

/** Returns the imports that the code of a way needs. */
export function getImports({ usesConfig }: Way): PackageImport[] {
  return [
    ...(usesConfig ? [{ from: '@nestjs/config', names: ['ConfigModule', 'ConfigService'] }] : []),
    { from: 'nestjs-base44-connectors', names: ['ConnectorsModule'] },
  ];
}

/**
 * Returns the elements of `imports` that register a way.
 *
 * @param hasConfig - whether the module registers `ConfigModule` already
 */
export function getElements({ usesConfig, registration }: Way, hasConfig = false): string {
  const config = usesConfig && !hasConfig ? 'ConfigModule.forRoot(),\n' : '';
  return config + registration;
}
