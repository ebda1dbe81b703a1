import type { HttpService } from '@nestjs/axios';
import { Test, type TestingModule } from '@nestjs/testing';
import type { AxiosRequestConfig } from 'axios';
import {
  type ConnectorFeature,
  type ConnectorFetchInit,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { expectNoSecret, createSecret } from '../support/expect-no-secret.js';
import { settle } from '../support/async.js';
import {
  startRecordingServer,
  type RecordingServer,
  type Responder,
} from '../support/recording-server.js';
import type { SendError } from '../support/throwing-app.js';
import { json } from '../provider-calls/provider-calls.fixture.js';

/** An application that calls a provider for a user. All its credentials are secrets. */
export interface Scenario {
  /** The access token, its replacement, the service token and the user token. */
  readonly secrets: readonly string[];
  readonly accessToken: string;
  readonly base44: Base44Emulator;
  readonly provider: RecordingServer;
  readonly module: TestingModule;
  /** Acts for the user. */
  readonly connectors: ConnectorsService;
  readonly http: HttpService;
  /** The objects that the application got. */
  readonly seen: unknown[];
  /** Makes Base44 return another token from now on. */
  replaceToken(): void;
}

export interface ScenarioOptions {
  /** The response of the provider. */
  readonly respond?: Responder | undefined;
  /** Replaces the URL of the provider. */
  readonly baseURL?: (() => string | Promise<string>) | undefined;
  readonly feature?: Partial<ConnectorFeature> | undefined;
  readonly options?: Partial<ConnectorsModuleOptions> | undefined;
  readonly connectionConfig?: Record<string, string> | undefined;
}

type Call = (scenario: Scenario) => Promise<unknown>;

/** A fault of a call to a provider. */
export interface ProviderFault extends ScenarioOptions {
  readonly fault: string;
  readonly prepare?: (scenario: Scenario) => unknown;
  /** The outcome of `connectors.fetch`: a code, a name or a status. Omitted when it has no such fault. */
  readonly fetchEnds?: string;
  /** The outcome of `HttpService`. */
  readonly httpEnds?: string;
  /** @default a GET whose response is read */
  readonly fetch?: Call;
  readonly http?: Call;
}

export async function startScenario({
  respond = (_request, response) => {
    json(response, 200, { ok: true });
  },
  baseURL,
  feature,
  options,
  connectionConfig,
}: ScenarioOptions = {}): Promise<Scenario> {
  const [accessToken, renewedToken, serviceToken] = [
    createSecret(),
    createSecret(),
    createSecret(),
  ];
  const base44 = await Base44Emulator.start({ serviceToken });
  closeAfterTest(() => base44.close());
  base44.connect('crm', { accessToken, connectionConfig });
  const provider = await startRecordingServer(respond);
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        ...toOptions(base44),
        ...options,
        resilience: { retries: 0, breaker: false, ...options?.resilience },
      }),
      ConnectorsModule.forFeature([
        { connector: 'crm', baseURL: (await baseURL?.()) ?? provider.url, ...feature },
      ]),
    ],
  }).compile();
  await module.init();
  closeAfterTest(() => module.close());
  const { token: userToken } = base44.addAppUser('user-1');
  const connectors = module.get(ConnectorsService).asAppUser(userToken);
  return {
    secrets: [accessToken, renewedToken, serviceToken, userToken],
    accessToken,
    base44,
    provider,
    module,
    connectors,
    http: connectors.http('crm'),
    seen: [],
    replaceToken: () => base44.connect('crm', { accessToken: renewedToken }),
  };
}

/** Creates a call by `connectors.fetch` that reads the response. */
export const fetching =
  (init?: ConnectorFetchInit | (() => ConnectorFetchInit), path = '/x'): Call =>
  async ({ connectors, seen }) => {
    const given = typeof init === 'function' ? init() : init;
    const response = await connectors.fetch('crm', path, given);
    seen.push(response);
    await response.text();
    return response;
  };

/** Creates a call by `HttpService`. */
export const getting =
  (config?: AxiosRequestConfig | (() => AxiosRequestConfig)): Call =>
  async ({ http }) => {
    const given = typeof config === 'function' ? config() : config;
    return firstValueFrom(http.request({ url: '/x', ...given }));
  };

/** Creates a call by `HttpService` that reads the response as a stream to its end. */
export const streaming =
  (config?: AxiosRequestConfig, act?: () => void): Call =>
  async ({ http, seen }) => {
    const response = await firstValueFrom(
      http.request<AsyncIterable<Buffer>>({ url: '/x', responseType: 'stream', ...config }),
    );
    seen.push(response, response.data);
    act?.();
    for await (const chunk of response.data) seen.push(chunk.length);
    return response;
  };

/** Checks the outcome of a call, its parts, and the objects of the application. Returns the number of sinks. */
export async function expectNoCredential(
  scenario: Scenario,
  given: unknown,
  sendError: SendError,
): Promise<number> {
  const { answer, applicationLog } = await sendError(given);
  const { secrets, seen, http, connectors } = scenario;
  // The axios instance is in an object because Nest's logger calls functions, and axios would send a request.
  const held = [...seen, http, { axios: http.axiosRef }, connectors];
  return withHandledClosed(() => {
    let looks = expectNoSecret(given, secrets, { answer, applicationLog });
    for (const each of [...getParts(given), ...held]) looks += expectNoSecret(each, secrets);
    return looks;
  });
}

/** Handles the rejected promise that the getter `closed` of a prototype creates during an inspection. */
function withHandledClosed<T>(look: () => T): T {
  const { prototype } = ReadableStreamDefaultReader;
  const usual = Object.getOwnPropertyDescriptor(prototype, 'closed')!;
  const get = function (this: ReadableStreamDefaultReader): Promise<unknown> {
    const closed = usual.get!.call(this) as Promise<unknown>;
    closed.catch(() => undefined);
    return closed;
  };
  Object.defineProperty(prototype, 'closed', { ...usual, get });
  try {
    return look();
  } finally {
    Object.defineProperty(prototype, 'closed', usual);
  }
}

function getParts(given: unknown): unknown[] {
  if (typeof given !== 'object' || given === null) return [];
  const { config, request, response, cause, headers, data } = given as Record<string, unknown>;
  const { toJSON } = given as { toJSON?: () => unknown };
  return [config, request, response, cause, headers, data, toJSON?.call(given)].filter(
    (part) => part !== undefined,
  );
}

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** Returns the outcome of a call, and the word for it. */
export async function getOutcome(
  call: () => Promise<unknown>,
): Promise<{ given: unknown; end: string }> {
  const outcome = await settle(call);
  if ('value' in outcome) {
    const { value } = outcome;
    return { given: value, end: String((value as Response).status) };
  }
  const { error } = outcome;
  const { code, cause, name, message } = error as ErrorLike;
  const { code: reason, message: because } = (cause ?? {}) as Partial<ErrorLike>;
  if (typeof code === 'string') return { given: error, end: code };
  return { given: error, end: reason ?? because ?? (name === 'Error' ? message : name) };
}
