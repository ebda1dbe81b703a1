import { Base44Emulator, type Base44EmulatorOptions } from 'nestjs-base44-connectors/testing';

/** Starts an emulator for each test of a file. */
export function emulatorForEachTest(options: Base44EmulatorOptions = {}): () => Base44Emulator {
  let emulator: Base44Emulator;
  beforeEach(async () => {
    emulator = await Base44Emulator.start(options);
  });
  afterEach(() => emulator.close());
  return () => emulator;
}

export interface Sent {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends a request to a route of the app, by default as the service role. */
export function send(
  base44: Base44Emulator,
  path: string,
  { method = 'GET', headers, body, ...rest }: Sent = {},
): Promise<Response> {
  const token = 'token' in rest ? rest.token : base44.serviceToken;
  return fetch(`${base44.url}/api/apps/${base44.appId}${path}`, {
    method,
    headers: { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

/** Returns the status and the parsed body. */
export async function answer(
  response: Promise<Response>,
): Promise<{ status: number; body: unknown }> {
  const { status } = await response;
  return { status, body: await (await response).json() };
}

/** Silences the SDK, which prints its errors. */
export function silenceConsole(): void {
  beforeEach(() => {
    for (const method of ['error', 'log'] as const) {
      import.meta.jest.spyOn(console, method).mockImplementation(() => undefined);
    }
  });
  afterEach(() => import.meta.jest.restoreAllMocks());
}
