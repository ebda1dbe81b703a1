import 'reflect-metadata';
import { type Class, getAncestry } from './classes.js';
import type { RequiredConnector } from './handler-arguments.js';

/** The metadata keys under which Nest keeps the dependencies of constructors and of properties. */
const CONSTRUCTOR_DEPENDENCIES = 'self:paramtypes';
const PROPERTY_DEPENDENCIES = 'self:properties_metadata';

/** The metadata key of the connectors behind the injection tokens of a class. */
const INJECTED = 'nestjs-base44-connectors:injected';

/**
 * A connector behind an injection token.
 *
 * @internal
 */
export type InjectedConnector = RequiredConnector & { readonly token: string };

/**
 * Records on a class that an injection token stands for a connector.
 *
 * @internal
 */
export function addInjectedConnector(type: Class, injected: InjectedConnector): void {
  Reflect.defineMetadata(INJECTED, [...getOwnInjected(type), injected], type);
}

/**
 * Returns the connectors that Nest injects into a class. A subclass may replace inherited dependencies.
 *
 * @internal
 */
export function findInjectedRequirements(type: Class): RequiredConnector[] {
  const tokens = getDependencies(type);
  return getAncestry(type)
    .toReversed()
    .flatMap(getOwnInjected)
    .filter(({ token }) => tokens.has(token));
}

/** Returns the tokens that Nest injects. The last one of a position applies. */
function getDependencies(type: Class): Set<unknown> {
  const parameters = getMetadata<{ index: number; param: unknown }>(CONSTRUCTOR_DEPENDENCIES, type);
  const properties = getMetadata<{ key: unknown; type: unknown }>(PROPERTY_DEPENDENCIES, type);
  return new Set([
    ...new Map(parameters.map(({ index, param }) => [index, param])).values(),
    ...new Map(properties.map(({ key, type: token }) => [key, token])).values(),
  ]);
}

function getMetadata<T>(key: string, type: Class): T[] {
  return (Reflect.getMetadata(key, type) as T[] | undefined) ?? [];
}

function getOwnInjected(type: Class): InjectedConnector[] {
  return (Reflect.getOwnMetadata(INJECTED, type) as InjectedConnector[] | undefined) ?? [];
}
