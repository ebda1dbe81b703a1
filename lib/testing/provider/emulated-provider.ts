import type { IncomingMessage, ServerResponse } from 'node:http';
import { EmulatorServer } from '../emulator/emulator.server.js';
import { sendResponse } from '../emulator/http/emulator-response.js';

/**
 * The options of `EmulatedProvider.start()`.
 *
 * @publicApi
 */
export interface EmulatedProviderOptions {
  /**
   * Returns the JSON body of the response to an accepted request.
   *
   * @default { ok: true }
   */
  readonly respond?: ((request: IncomingMessage) => unknown) | undefined;
  /**
   * The port on 127.0.0.1.
   *
   * @default a free port
   */
  readonly port?: number | undefined;
}

/**
 * Emulates the API of a provider, as a real HTTP server on 127.0.0.1. It accepts every token, except those
 * that a test revokes.
 *
 * @example
 * const slack = await EmulatedProvider.start({ respond: () => ({ ok: true, channels: [] }) });
 * // In the application under test:
 * ConnectorsModule.forFeature([{ connector: 'slack', baseURL: slack.url }]);
 *
 * @publicApi
 */
export class EmulatedProvider {
  readonly #revoked = new Set<string>();
  readonly #respond: (request: IncomingMessage) => unknown;
  #server!: EmulatorServer;

  private constructor({ respond = () => ({ ok: true }) }: EmulatedProviderOptions) {
    this.#respond = respond;
  }

  /**
   * Starts a provider. It accepts requests as soon as the promise resolves.
   *
   * @throws the error of Node.js if the port is not available
   */
  static async start(options: EmulatedProviderOptions = {}): Promise<EmulatedProvider> {
    const provider = new EmulatedProvider(options);
    provider.#server = await EmulatorServer.listen(provider.#handle, options.port ?? 0);
    return provider;
  }

  /** The `baseURL` for `ConnectorsModule.forFeature()`: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#server.url;
  }

  /** Rejects this token with 401 from now on. */
  revoke(accessToken: string): void {
    this.#revoked.add(accessToken);
  }

  /** Stops the server and cuts every connection. Further calls do nothing. */
  close(): Promise<void> {
    return this.#server.close();
  }

  /** Closes the provider, so that `await using` works. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#send(request, response).catch((error: unknown) => {
      sendResponse(response, { status: 500, body: { error: `respond failed: ${String(error)}` } });
    });
  };

  async #send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isRevoked(request)) {
      const body = await this.#respond(request);
      sendResponse(response, { status: 200, body });
      return;
    }
    sendResponse(response, {
      status: 401,
      body: { error: 'invalid_token' },
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    });
  }

  /** Reads every header, because some providers take the token in a header of their own. */
  #isRevoked({ headers }: IncomingMessage): boolean {
    const words = Object.values(headers).flatMap((value) => String(value).split(' '));
    return words.some((word) => this.#revoked.has(word));
  }
}
