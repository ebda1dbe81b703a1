import type { InjectionToken, Type } from '@nestjs/common';
import type { DiscoveryService, ModulesContainer } from '@nestjs/core';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

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
