import type { ModulesContainer } from '@nestjs/core';

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
