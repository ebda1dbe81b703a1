import type { ModulesContainer } from '@nestjs/core';

/** Where `@WebSocketGateway()`, `@MessagePattern()` and `@EventPattern()` leave their marks. */
const GATEWAY_METADATA = 'websockets:is_gateway';
const PATTERN_METADATA = 'microservices:pattern';

type Class = abstract new (...args: never[]) => object;

/**
 * The gateways of an application, to which Nest hands no global enhancers.
 *
 * @internal
 */
export function gatewaysIn(modules: ModulesContainer): Class[] {
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers.values()])
    .map(({ metatype }) => metatype as unknown)
    .filter((metatype): metatype is Class => typeof metatype === 'function')
    .filter((metatype) => Reflect.hasMetadata(GATEWAY_METADATA, metatype));
}

/**
 * The methods of an application's controllers that handle messages of a microservice. To those
 * of a hybrid application Nest hands global enhancers only when it is told to.
 *
 * @internal
 */
export function messageHandlersIn(modules: ModulesContainer): object[] {
  return [...modules.values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .map(({ metatype }) => metatype as unknown)
    .filter((metatype): metatype is Class => typeof metatype === 'function')
    .flatMap((metatype) => methodsOf(metatype))
    .filter((method) => Reflect.hasMetadata(PATTERN_METADATA, method));
}

function methodsOf(metatype: Class): object[] {
  const methods = new Set<object>();
  for (let prototype = metatype.prototype as object | null; prototype !== null;) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function') methods.add(value as object);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return [...methods];
}
