import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { observeGateways } from '../discovery/handlers.js';
import { InstanceEnhancer } from '../discovery/instance-enhancer.js';
import type { ConnectorsExceptionFilterOptions } from '../interfaces/exception-filter-options.interface.js';
import {
  ConnectorsExceptionFilter,
  EXCEPTION_FILTER_OPTIONS,
} from './connectors-exception.filter.js';
import { HandlerRecorder } from './handler.recorder.js';

/**
 * Adds `ConnectorsExceptionFilter` and `HandlerRecorder` to the application's gateways, because Nest
 * applies no global filters and guards to gateways. A gateway's own filters take precedence.
 *
 * @internal
 */
@Injectable()
export class GatewayExceptionFilter {
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(EXCEPTION_FILTER_OPTIONS) options: ConnectorsExceptionFilterOptions,
  ) {
    const enhancers = [
      new InstanceEnhancer('filter', new ConnectorsExceptionFilter(options)),
      new InstanceEnhancer('guard', new HandlerRecorder()),
    ];
    observeGateways(modules, (gateway) => {
      for (const enhancer of enhancers) enhancer.enhance(gateway);
    });
  }
}
