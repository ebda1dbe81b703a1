import { ServiceRoleRequiredError } from '../errors/service-role.errors.js';
import type { ServiceToken } from '../interfaces/connectors-module-options.interface.js';
import type { SealedToken } from '../interfaces/identity.interface.js';
import { isBearerToken } from '../common/well-formed.js';
import { Secret } from '../common/secret.js';

/**
 * Where the service token comes from: a fixed one, or a function that is asked for each request.
 *
 * @internal
 */
export class ServiceTokenSource {
  readonly #ask: (() => Promise<unknown>) | undefined;

  /** @param serviceToken - left out where requests carry it */
  constructor(serviceToken: ServiceToken | undefined) {
    if (serviceToken === undefined) return;
    this.#ask =
      typeof serviceToken === 'string'
        ? () => Promise.resolve(serviceToken)
        : async () => serviceToken();
  }

  /**
   * Another token in place of one that Base44 refused, where the function has one by now.
   */
  async renew(refused: SealedToken): Promise<Secret | undefined> {
    const token = await this.get();
    return token.reveal() === refused.reveal() ? undefined : token;
  }

  /**
   * @throws {@link ServiceRoleRequiredError} when the function fails or gives nothing that can be sent
   */
  async get(): Promise<Secret> {
    if (this.#ask === undefined) {
      throw new ServiceRoleRequiredError(
        'There is no service token here: the options have none, and what is being handled, if ' +
          'anything, is no request that Base44 forwarded. Give ConnectorsModule a serviceToken, or the broker.',
      );
    }
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
