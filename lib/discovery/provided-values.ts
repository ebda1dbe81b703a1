import type { FactoryProvider, InjectionToken, Type } from '@nestjs/common';
import { type DiscoveryService, ModuleRef, type ModulesContainer } from '@nestjs/core';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

type Module = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * Returns the module that a `ModuleRef` was injected into.
 *
 * @internal
 */
export function findModule(moduleRef: ModuleRef, modules: ModulesContainer): Module | undefined {
  return [...modules.values()].find(
    ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
  );
}

/**
 * Returns whether a test has overridden a provider of the module that a `ModuleRef` was injected into.
 *
 * @internal
 */
export function isOverridden(
  { provide, useFactory }: FactoryProvider,
  moduleRef: ModuleRef,
  modules: ModulesContainer,
): boolean {
  return findModule(moduleRef, modules)?.providers.get(provide)?.metatype !== useFactory;
}

/**
 * Returns the values that an application's modules provide under a token, exported or not.
 *
 * @internal
 */
export function findProvidedValues<T>(token: symbol, modules: ModulesContainer): T[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const wrapper = providers.get(token);
    return wrapper === undefined ? [] : [wrapper.instance as T];
  });
}

/**
 * Returns a provider of the module that another provider belongs to.
 *
 * @param sibling - the instance of the other provider, whose class is its token
 * @internal
 */
export function findProvider(
  token: InjectionToken,
  sibling: object,
  modules: ModulesContainer,
): InstanceWrapper | undefined {
  const siblingToken = sibling.constructor as Type;
  const module = [...modules.values()].find(
    ({ providers }) => providers.get(siblingToken)?.instance === sibling,
  );
  return module?.providers.get(token);
}
