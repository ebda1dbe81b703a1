import { DiscoveryService, type ModulesContainer } from '@nestjs/core';

/**
 * A class that Nest instantiates, or whose subclasses it instantiates.
 *
 * @internal
 */
export type Class = abstract new (...args: never[]) => object;

/**
 * Returns the classes of an application's providers, which include gateways and resolvers.
 *
 * @internal
 */
export function findProviderClasses(modules: ModulesContainer): Class[] {
  return toClasses(new DiscoveryService(modules).getProviders());
}

/**
 * Returns the classes of an application's controllers.
 *
 * @internal
 */
export function findControllerClasses(modules: ModulesContainer): Class[] {
  return toClasses(new DiscoveryService(modules).getControllers());
}

/**
 * Returns the classes of an application's guards, interceptors, pipes, filters and middleware.
 *
 * @internal
 */
export function findEnhancerClasses(modules: ModulesContainer): Class[] {
  return toClasses(
    [...modules.values()].flatMap(({ injectables, middlewares }) => [
      ...injectables.values(),
      ...middlewares.values(),
    ]),
  );
}

function toClasses(wrappers: readonly { readonly metatype: unknown }[]): Class[] {
  return wrappers.map(({ metatype }) => metatype).filter(isClass);
}

/**
 * Returns whether a value has a prototype. Providers can also be arrow functions, as factories.
 *
 * @internal
 */
export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && Object(value.prototype) === value.prototype;
}

/**
 * Returns a class and the classes that it extends, the class itself first.
 *
 * @internal
 */
export function getAncestry(type: Class): Class[] {
  const parent: unknown = Object.getPrototypeOf(type);
  return isClass(parent) ? [type, ...getAncestry(parent)] : [type];
}
