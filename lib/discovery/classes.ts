import type { ModulesContainer } from '@nestjs/core';

/** @internal */
export type Class = abstract new (...args: never[]) => object;

/**
 * The classes that an application has for providers: gateways and resolvers among them.
 *
 * @internal
 */
export function findProviderClasses(modules: ModulesContainer): Class[] {
  return classesOf([...modules.values()].flatMap(({ providers }) => [...providers.values()]));
}

/** @internal */
export function findControllerClasses(modules: ModulesContainer): Class[] {
  return classesOf([...modules.values()].flatMap(({ controllers }) => [...controllers.values()]));
}

function classesOf(wrappers: readonly { readonly metatype: unknown }[]): Class[] {
  return wrappers
    .map(({ metatype }) => metatype)
    .filter((metatype): metatype is Class => typeof metatype === 'function');
}

/**
 * The classes of an application's guards, interceptors, pipes, filters and middleware.
 *
 * @internal
 */
export function findEnhancerClasses(modules: ModulesContainer): Class[] {
  return classesOf(
    [...modules.values()].flatMap(({ injectables, middlewares }) => [
      ...injectables.values(),
      ...middlewares.values(),
    ]),
  );
}
