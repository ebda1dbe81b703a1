import { Inject, Injectable } from '@nestjs/common';
import { ConnectorsService } from '../connectors.service.js';
import type { ConnectorStatus } from '../interfaces/connector-status.interface.js';
import type {
  ConnectorsHealthOptions,
  ConnectorsHealthResult,
} from '../interfaces/connectors-health.interface.js';
import { toConnectorHealth } from './connector-health.js';
import { settlesWithin } from './settles-within.js';

/** Shorter than the default timeout of a probe of Kubernetes, which is one second, by a margin. */
const DEFAULT_TIMEOUT_MS = 800;

/** The worst status comes first. */
const STATUSES = ['down', 'degraded', 'up'] as const;

/**
 * Checks the connectors that the application requires. Its results are those of `@nestjs/terminus` 11 and 12.
 *
 * Use it for readiness, or for a page that alerts people. Do not use it for liveness, because a restart
 * neither connects a connector nor repairs Base44. It sends no more requests to Base44 than handlers do.
 *
 * `ConnectorsModule` provides it for the instance without a name. For another instance, create one:
 * `new ConnectorsHealthIndicator(crm)`.
 *
 * @example
 * this.health.check([() => this.connectors.isHealthy('connectors', { degraded: true })])
 *
 * @publicApi
 */
@Injectable()
export class ConnectorsHealthIndicator {
  readonly #connectors: ConnectorsService;

  constructor(@Inject(ConnectorsService) connectors: ConnectorsService) {
    this.#connectors = connectors;
  }

  /**
   * Returns `down` if a required connector has a problem and the cache cannot serve it. Otherwise returns
   * `up`, or with `degraded: true` the status `degraded` if a connector has a problem. It does not reject
   * because of a connector.
   *
   * @param key - the key of the result
   */
  isHealthy<const Key extends string = 'connectors'>(
    key?: Key,
    options?: ConnectorsHealthOptions & { readonly degraded?: false | undefined },
  ): Promise<ConnectorsHealthResult<Key>>;
  isHealthy<const Key extends string>(
    key: Key,
    options: ConnectorsHealthOptions,
  ): Promise<ConnectorsHealthResult<Key, 'up' | 'degraded' | 'down'>>;
  async isHealthy(
    key = 'connectors',
    {
      probe = true,
      timeoutMs = DEFAULT_TIMEOUT_MS,
      degraded = false,
    }: ConnectorsHealthOptions = {},
  ): Promise<ConnectorsHealthResult<string, 'up' | 'degraded' | 'down'>> {
    const isSettled = !probe || (await settlesWithin(timeoutMs, this.#probe()));
    const statuses = await this.#connectors.status();
    const connectors = statuses.map((status) => toConnectorHealth(status, isSettled));
    const worst = STATUSES.find((one) => connectors.some(({ status }) => status === one)) ?? 'up';
    const status = worst === 'degraded' && !degraded ? 'up' : worst;
    return { [key]: { status, connectors } };
  }

  #probe(): Promise<readonly ConnectorStatus[]> {
    return this.#connectors.status({ probe: true });
  }
}
