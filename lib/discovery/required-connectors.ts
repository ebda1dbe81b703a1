import 'reflect-metadata';
import type { ModulesContainer } from '@nestjs/core';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import {
  type Class,
  findControllerClasses,
  findEnhancerClasses,
  findProviderClasses,
} from './classes.js';

const METADATA = 'nestjs-base44-connectors:requires';

/** What one decorator asks for. */
interface Requirement {
  readonly connector: ConnectorRef;
  readonly isOptional: boolean;
  readonly instance: string | undefined;
  /** The method whose parameter it is; left out: a dependency of the class. */
  readonly method?: string;
  /** Where on the class it stands: at the same place a class overrides its parent. */
  readonly place: string;
}

/**
 * Notes on a class what one of its decorators asks for.
 *
 * @internal
 */
export function addRequirement(type: object, requirement: Requirement): void {
  const noted = notedOn(type);
  Reflect.defineMetadata(METADATA, [...noted, requirement], type);
}

/**
 * The connectors that the decorators of an application ask one instance for.
 *
 * @internal
 */
export class RequiredConnectors {
  readonly #modules: ModulesContainer;
  readonly #instance: string | undefined;

  constructor(modules: ModulesContainer, instance: string | undefined) {
    this.#modules = modules;
    this.#instance = instance;
  }

  list(): ConnectorRequirement[] {
    const byConnector = new Map<string, ConnectorRequirement>();
    for (const [type, { connector, isOptional, method }] of this.#each()) {
      const key = JSON.stringify(connector);
      const before = byConnector.get(key);
      const user = method === undefined ? type.name : `${type.name}.${method}`;
      byConnector.set(key, {
        connector,
        isOptional: isOptional && (before?.isOptional ?? true),
        requiredBy: [...new Set([...(before?.requiredBy ?? []), user])],
      });
    }
    return [...byConnector.values()];
  }

  #each(): [Class, Requirement][] {
    const modules = this.#modules;
    const types = [findControllerClasses, findProviderClasses, findEnhancerClasses];
    return types
      .flatMap((classesIn) => classesIn(modules))
      .flatMap((type) => requirementsOf(type).map((one): [Class, Requirement] => [type, one]))
      .filter(([, { instance }]) => instance === this.#instance);
  }
}

/** What its parents require, a class requires, too, unless it says otherwise at the same place. */
function requirementsOf(type: Class): Requirement[] {
  const byPlace = new Map<string, Requirement>();
  for (const requirement of ancestry(type).toReversed().flatMap(notedOn)) {
    byPlace.set(requirement.place, requirement);
  }
  return [...byPlace.values()];
}

/** A class and its parents. */
function ancestry(type: object | null): object[] {
  return type === null || type === Function.prototype
    ? []
    : [type, ...ancestry(Object.getPrototypeOf(type) as object | null)];
}

function notedOn(type: object): Requirement[] {
  return (Reflect.getOwnMetadata(METADATA, type) as Requirement[] | undefined) ?? [];
}
