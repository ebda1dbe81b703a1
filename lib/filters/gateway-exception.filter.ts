import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EnhancerBinding } from '../discovery/enhancer-binding.js';
import { findGateways } from '../discovery/handlers.js';
import { ConnectorsExceptionFilter } from './connectors-exception.filter.js';

/**
 * Binds the exception filter to the gateways of the application, for as long as it runs:
 * Nest hands global filters to everything but gateways. A gateway's own filters come first.
 *
 * @internal
 */
@Injectable()
export class GatewayExceptionFilter implements OnModuleDestroy {
  readonly #binding: EnhancerBinding;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    const gateways = findGateways(modules);
    this.#binding = new EnhancerBinding('filter', new ConnectorsExceptionFilter(), gateways);
  }

  onModuleDestroy(): void {
    this.#binding.remove();
  }
}
