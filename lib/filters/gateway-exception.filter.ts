import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EnhancerBinding } from '../discovery/enhancer-binding.js';
import { findGateways } from '../discovery/handlers.js';
import type { ConnectorsExceptionFilterOptions } from '../interfaces/exception-filter-options.interface.js';
import {
  ConnectorsExceptionFilter,
  EXCEPTION_FILTER_OPTIONS,
} from './connectors-exception.filter.js';

/**
 * Binds `ConnectorsExceptionFilter` to the application's gateways until the application closes,
 * because Nest applies no global filters to gateways. A gateway's own filters take precedence.
 *
 * @internal
 */
@Injectable()
export class GatewayExceptionFilter implements OnModuleDestroy {
  readonly #binding: EnhancerBinding;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(EXCEPTION_FILTER_OPTIONS) options: ConnectorsExceptionFilterOptions,
  ) {
    const gateways = findGateways(modules);
    this.#binding = new EnhancerBinding('filter', new ConnectorsExceptionFilter(options), gateways);
  }

  onModuleDestroy(): void {
    this.#binding.remove();
  }
}
