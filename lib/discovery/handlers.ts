import { DiscoveryService, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { type Class, findControllerClasses, findProviderClasses } from './classes.js';

/** The metadata keys of `@WebSocketGateway()`, and of `@MessagePattern()` and `@EventPattern()`. */
const GATEWAY_METADATA = 'websockets:is_gateway';
const PATTERN_METADATA = 'microservices:pattern';

/**
 * Returns the gateways of an application. Nest applies no global enhancers to gateways.
 *
 * @internal
 */
export function findGateways(modules: ModulesContainer): Class[] {
  return findProviderClasses(modules).filter((type) => Reflect.hasMetadata(GATEWAY_METADATA, type));
}

/**
 * Calls a listener with each instance of a gateway before Nest reads its hooks, and possibly again.
 *
 * Nest connects gateways before the lifecycle hooks of providers, so the holders of the instances
 * are observed. They belong to one application.
 *
 * @internal
 */
export function observeGateways(
  modules: ModulesContainer,
  listener: (gateway: object) => void,
): void {
  for (const holder of new DiscoveryService(modules).getProviders()) {
    if (!holder.metatype || !Reflect.hasMetadata(GATEWAY_METADATA, holder.metatype)) continue;
    const getInstance = holder.getInstanceByContextId.bind(holder);
    holder.getInstanceByContextId = (...args) => {
      const host = getInstance(...args);
      if (isObject(host.instance)) listener(host.instance);
      return host;
    };
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Returns the controllers' methods that handle messages of a microservice. In a hybrid
 * application, Nest applies global enhancers to them only with `inheritAppConfig: true`.
 *
 * @internal
 */
export function findMessageHandlers(modules: ModulesContainer): object[] {
  return findControllerClasses(modules)
    .flatMap(getMethods)
    .filter((method) => Reflect.hasMetadata(PATTERN_METADATA, method));
}

function getMethods({ prototype }: Class): object[] {
  return new MetadataScanner()
    .getAllMethodNames(prototype as object)
    .map((name) => Reflect.get(prototype as object, name) as object);
}
