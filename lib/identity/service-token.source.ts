import { ServiceRoleRequiredError } from '../errors/service-role.errors.js';
import type { ServiceToken } from '../interfaces/connectors-module-options.interface.js';
import type { SealedToken } from '../interfaces/identity.interface.js';
import { runLocalStep } from '../resilience/local-step.js';
import { isBearerToken } from '../common/well-formed.js';
import { Secret } from '../common/secret.js';
import { TokenFunctionLog } from './token-function.log.js';

type TokenFunction = Exclude<ServiceToken, string>;

/**
 * Provides the service token of the options. A `serviceToken` function runs for each request.
 *
 * @internal
 */
export class ServiceTokenSource {
  readonly #token: Secret | TokenFunction | undefined;
  readonly #log = new TokenFunctionLog();

  /** @param serviceToken - `undefined` when only incoming requests carry a service token */
  constructor(serviceToken: ServiceToken | undefined) {
    this.#token = typeof serviceToken === 'string' ? new Secret(serviceToken) : serviceToken;
  }

  /**
   * Returns the current service token.
   *
   * @param signal - the signal of the attempt, whose deadline covers the function too
   * @throws {@link ServiceRoleRequiredError} when the options have no service token, or when the
   * function fails, returns a value that cannot be sent or does not resolve in time
   */
  async get(signal: AbortSignal): Promise<Secret> {
    const token = this.#token;
    if (token instanceof Secret) return token;
    if (token !== undefined) {
      const step = { onDeadline: createTimeoutError, work: () => this.#runTokenFunction(token) };
      return new Secret(await runLocalStep(step, signal));
    }
    throw new ServiceRoleRequiredError(
      'There is no service token: the options have none, and the call is not part of a request with ' +
        'Base44-Service-Authorization. Set serviceToken in the options of ConnectorsModule, or broker ' +
        'instead of request.base44Headers.',
    );
  }

  /** Returns a token that replaces a rejected token, or `undefined` if the token is still the same. */
  async renew(rejected: SealedToken, signal: AbortSignal): Promise<Secret | undefined> {
    const token = await this.get(signal);
    return token.reveal() === rejected.reveal() ? undefined : token;
  }

  async #runTokenFunction(getToken: TokenFunction): Promise<string> {
    const token = await this.#callTokenFunction(getToken);
    if (isBearerToken(token)) return token;
    throw new ServiceRoleRequiredError(
      'The serviceToken function returned no token that can be sent. ' +
        'Make it return a non-empty string without spaces and line breaks.',
    );
  }

  async #callTokenFunction(getToken: TokenFunction): Promise<unknown> {
    try {
      const token: unknown = await getToken();
      this.#log.recordSuccess();
      return token;
    } catch (error) {
      this.#log.recordFailure(error);
      // Clients see the message of this error, so it has no cause.
      throw new ServiceRoleRequiredError(
        "The serviceToken function failed. Make it return the app's service token.",
      );
    }
  }
}

function createTimeoutError(deadlineMs: number): ServiceRoleRequiredError {
  return new ServiceRoleRequiredError(
    `The serviceToken function did not resolve within ${deadlineMs} ms. ` +
      'Make it resolve sooner, or raise attemptTimeoutMs and deadlineMs of the option resilience.',
    { retryable: true },
  );
}
