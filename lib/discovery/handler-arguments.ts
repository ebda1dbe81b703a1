import 'reflect-metadata';
import type { ModulesContainer } from '@nestjs/core';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { type Class, findControllerClasses, findProviderClasses, getAncestry } from './classes.js';

/** The metadata key under which Nest keeps the arguments of handlers, in every transport. */
const ARGUMENTS = '__routeArguments__';

/**
 * Marks the data of a parameter that a connector supplies. Another copy of the package has the same mark.
 *
 * @internal
 */
export const REQUIRED_CONNECTOR = Symbol.for('nestjs-base44-connectors.required-connector');

/**
 * The connector that a decorated parameter requires.
 *
 * @internal
 */
export interface RequiredConnector {
  readonly connector: ConnectorRef;
  readonly isOptional: boolean;
  readonly instance: string | undefined;
  /** Absent in metadata of older copies of the package, whose decorators need a token. */
  readonly needsToken?: boolean;
}

/** An argument of a handler, as Nest keeps it. */
interface Argument {
  readonly index: number;
  readonly data?: unknown;
}

type Arguments = Readonly<Record<string, Argument>>;

/**
 * Returns the connectors that the handlers of a class require, with the names of the handlers.
 *
 * @internal
 */
export function findHandlerRequirements(type: Class): [string, RequiredConnector][] {
  return getHandlerNames(type).flatMap((name) =>
    Object.values(getArguments(type, name))
      .toSorted((one, other) => one.index - other.index)
      .map(getRequirement)
      .filter((requirement) => requirement !== undefined)
      .map((requirement): [string, RequiredConnector] => [name, requirement]),
  );
}

/**
 * Removes the arguments that an overriding handler inherits, and replaces at the same position. Nest 12
 * does that itself. Nest 11 calls the handler with the value that arrives last.
 *
 * @internal
 */
export function removeOverriddenArguments(modules: ModulesContainer): void {
  for (const type of [...findControllerClasses(modules), ...findProviderClasses(modules)]) {
    for (const name of getHandlerNames(type)) {
      const own = getOwnArguments(type, name);
      if (own === undefined || !Object.values(own).some(getRequirement)) continue;
      const remaining = getArguments(type, name);
      if (Object.keys(remaining).length === Object.keys(own).length) continue;
      Reflect.defineMetadata(ARGUMENTS, remaining, type, name);
    }
  }
}

/** Returns the names of the methods that Nest can call: each transport has metadata on the method. */
function getHandlerNames(type: Class): string[] {
  const prototype = type.prototype as object;
  const names = getAncestry(type)
    .toReversed()
    .flatMap(({ prototype: ancestor }) => Object.getOwnPropertyNames(ancestor));
  return [...new Set(names)].filter((name) => {
    const method: unknown = getDescriptor(prototype, name)?.value;
    return typeof method === 'function' && Reflect.getMetadataKeys(method).length > 0;
  });
}

/** Returns the arguments of a handler, without the inherited ones that it replaces. */
function getArguments(type: Class, name: string): Arguments {
  const [owner, parent] = getAncestry(type).filter((one) => getOwnArguments(one, name));
  const args = owner && getOwnArguments(owner, name);
  if (args === undefined) return {};
  const inherited = (parent && getOwnArguments(parent, name)) ?? {};
  const isInherited = ([key, argument]: [string, Argument]): boolean => inherited[key] === argument;
  const entries = Object.entries(args);
  const replaced = new Set(
    entries.filter((entry) => !isInherited(entry)).map(([, { index }]) => index),
  );
  return Object.fromEntries(
    entries.filter((entry) => !isInherited(entry) || !replaced.has(entry[1].index)),
  );
}

/** Returns the arguments that a class declares. A decorator may have wrapped the class in a proxy. */
function getOwnArguments(type: Class, name: string): Arguments | undefined {
  const { constructor } = type.prototype as object;
  return (Reflect.getOwnMetadata(ARGUMENTS, type, name) ??
    Reflect.getOwnMetadata(ARGUMENTS, constructor, name)) as Arguments | undefined;
}

function getRequirement({ data }: Argument): RequiredConnector | undefined {
  const { [REQUIRED_CONNECTOR]: requirement } = Object(data) as {
    readonly [REQUIRED_CONNECTOR]?: RequiredConnector;
  };
  return requirement;
}

function getDescriptor(prototype: object | null, name: string): PropertyDescriptor | undefined {
  return prototype === null
    ? undefined
    : (Object.getOwnPropertyDescriptor(prototype, name) ??
        getDescriptor(Object.getPrototypeOf(prototype) as object | null, name));
}
