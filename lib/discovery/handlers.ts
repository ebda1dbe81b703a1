import type { ModulesContainer } from '@nestjs/core';
import { type Class, findControllerClasses, findProviderClasses } from './classes.js';

/** Where `@WebSocketGateway()`, `@MessagePattern()` and `@EventPattern()` leave their marks. */
const GATEWAY_METADATA = 'websockets:is_gateway';
const PATTERN_METADATA = 'microservices:pattern';

/**
 * The gateways of an application, to which Nest hands no global enhancers.
 *
 * @internal
 */
export function findGateways(modules: ModulesContainer): Class[] {
  return findProviderClasses(modules).filter((type) => Reflect.hasMetadata(GATEWAY_METADATA, type));
}

/**
 * The methods of an application's controllers that handle messages of a microservice. To those
 * of a hybrid application Nest hands global enhancers only when it is told to.
 *
 * @internal
 */
export function findMessageHandlers(modules: ModulesContainer): object[] {
  return findControllerClasses(modules)
    .flatMap((type) => methodsOf(type))
    .filter((method) => Reflect.hasMetadata(PATTERN_METADATA, method));
}

function methodsOf(type: Class): object[] {
  const methods = new Set<object>();
  for (let prototype = type.prototype as object | null; prototype !== null;) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function') methods.add(value as object);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return [...methods];
}
