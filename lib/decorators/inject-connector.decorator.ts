import { Inject } from '@nestjs/common';
import type { Class } from '../discovery/classes.js';
import { addInjectedConnector, type InjectedConnector } from '../discovery/injected-connectors.js';

/**
 * Creates a decorator that injects the provider of a connector, and records that the class requires the
 * connector.
 *
 * @internal
 */
export function createInjectDecorator(
  injected: InjectedConnector,
): PropertyDecorator & ParameterDecorator {
  const inject = Inject(injected.token) as ParameterDecorator;
  return (...args: unknown[]) => {
    const [target, key, index] = args as Parameters<ParameterDecorator>;
    inject(target, key, index);
    const type = (typeof target === 'function' ? target : target.constructor) as Class;
    addInjectedConnector(type, injected);
  };
}
