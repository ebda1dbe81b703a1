import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConnectorsExceptionFilter } from './connectors-exception.filter.js';

/** Where `@WebSocketGateway()` and `@UseFilters()` leave their mark. */
const GATEWAY_METADATA = 'websockets:is_gateway';
const FILTERS_METADATA = '__exceptionFilters__';

/**
 * Binds the exception filter to the gateways of the application, for as long as
 * it runs: Nest hands global filters to everything but gateways. A gateway's own
 * filters come first.
 *
 * @internal
 */
@Injectable()
export class GatewayExceptionFilter implements OnModuleDestroy {
  readonly #filter = new ConnectorsExceptionFilter();
  readonly #gateways: readonly object[];

  /** Runs before Nest connects the gateways, and after it has found them. */
  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#gateways = [...modules.values()]
      .flatMap(({ providers }) => [...providers.values()])
      .map(({ metatype }) => metatype)
      .filter((metatype) => typeof metatype === 'function')
      .filter((metatype) => Reflect.hasMetadata(GATEWAY_METADATA, metatype));
    for (const gateway of this.#gateways) {
      setFilters(gateway, [this.#filter, ...filtersOf(gateway)]);
    }
  }

  onModuleDestroy(): void {
    for (const gateway of this.#gateways) {
      setFilters(
        gateway,
        filtersOf(gateway).filter((filter) => filter !== this.#filter),
      );
    }
  }
}

function filtersOf(gateway: object): readonly unknown[] {
  return (Reflect.getMetadata(FILTERS_METADATA, gateway) as readonly unknown[] | undefined) ?? [];
}

function setFilters(gateway: object, filters: readonly unknown[]): void {
  Reflect.defineMetadata(FILTERS_METADATA, filters, gateway);
}
