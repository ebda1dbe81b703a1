import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
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
