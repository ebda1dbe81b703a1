import type { ModulesContainer } from '@nestjs/core';

/**
 * The values that modules of an application provide under one token, whether or not they export them.
 *
 * @internal
 */
export function findProvidedValues<T>(token: symbol, modules: ModulesContainer): T[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const wrapper = providers.get(token);
    return wrapper === undefined ? [] : [wrapper.instance as T];
  });
}
