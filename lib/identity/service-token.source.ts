import { ServiceRoleRequiredError } from '../errors/service-role.errors.js';
import type { ServiceToken } from '../interfaces/connectors-module-options.interface.js';
import { isBearerToken } from '../options/well-formed.js';
import { Secret } from './secret.js';

/**
 * Where the service token comes from: a fixed one, or a function that is asked for each request.
 *
 * @internal
 */
export class ServiceTokenSource {
  readonly #ask: () => Promise<unknown>;

  constructor(serviceToken: ServiceToken) {
    this.#ask =
      typeof serviceToken === 'string'
        ? () => Promise.resolve(serviceToken)
        : async () => serviceToken();
  }

  /**
   * Another token in place of one that Base44 refused, where the function has one by now.
   */
  async renew(refused: Secret): Promise<Secret | undefined> {
    const token = await this.get();
    return token.reveal() === refused.reveal() ? undefined : token;
  }

  /**
   * @throws {@link ServiceRoleRequiredError} when the function fails or gives nothing that can be sent
   */
  async get(): Promise<Secret> {
    const token = await this.#ask().catch(() => {
      // The failure is the application's and may hold secrets of its own, in its name, too.
      throw new ServiceRoleRequiredError(
        "The serviceToken function failed. Make it return the app's service token.",
      );
    });
    if (!isBearerToken(token)) {
      throw new ServiceRoleRequiredError(
        'The serviceToken function returned no token that can be sent. ' +
          'Make it return a non-empty string without spaces and line breaks.',
      );
    }
    return new Secret(token);
  }
}
