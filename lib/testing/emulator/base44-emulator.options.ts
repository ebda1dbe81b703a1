import type { RecordedRequest } from './http/recorded-request.js';

/**
 * The options of `Base44Emulator.start()`.
 *
 * @publicApi
 */
export interface Base44EmulatorOptions {
  /**
   * The id of the emulated app.
   *
   * @default '64b0c0ffee0000000000ba44'
   */
  readonly appId?: string | undefined;
  /**
   * The valid service token.
   *
   * @default a random token
   */
  readonly serviceToken?: string | undefined;
  /**
   * The port on 127.0.0.1.
   *
   * @default a free port
   */
  readonly port?: number | undefined;
  /**
   * Called after each request, when its response has ended or its connection is closed.
   *
   * @example
   * onResponse: ({ method, path, status }) => console.log(method, path, status)
   */
  readonly onResponse?: ((request: RecordedRequest) => void) | undefined;
}
