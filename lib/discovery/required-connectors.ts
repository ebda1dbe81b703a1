import 'reflect-metadata';
import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import {
  type Class,
  findControllerClasses,
  findEnhancerClasses,
  findProviderClasses,
} from './classes.js';

const METADATA = 'nestjs-base44-connectors:requires';

/** The connector that one decorator requires. */
interface Requirement {
  readonly connector: ConnectorRef;
  readonly isOptional: boolean;
  readonly instance: string | undefined;
  /** The method that has the decorated parameter. Absent for a dependency of the class. */
  readonly method?: string;
  /** The decorated position within the class. A subclass overrides its parent at the same position. */
  readonly position: string;
}

/**
 * Records on a class that one of its decorators requires a connector.
 *
 * @internal
 */
export function addRequirement(type: object, requirement: Requirement): void {
  Reflect.defineMetadata(METADATA, [...getOwnRequirements(type), requirement], type);
}

/**
 * Collects the connectors that an application's decorators require of one instance.
 *
 * @internal
 */
@Injectable()
export class RequiredConnectors {
  /** Private, because an inspection would show the whole container. */
  readonly #modules: ModulesContainer;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
  ) {
    this.#modules = modules;
  }

  /** Returns each required connector once, with all handlers and classes that require it. */
  list(): ConnectorRequirement[] {
    const byConnector = new Map<string, ConnectorRequirement>();
    for (const [type, { connector, isOptional, method }] of this.#findRequirements()) {
      const key = JSON.stringify(connector);
      const previous = byConnector.get(key);
      const dependent = method === undefined ? type.name : `${type.name}.${method}`;
      byConnector.set(key, {
        connector,
        isOptional: isOptional && (previous?.isOptional ?? true),
        requiredBy: [...new Set([...(previous?.requiredBy ?? []), dependent])],
      });
    }
    return [...byConnector.values()];
  }

  #findRequirements(): [Class, Requirement][] {
    return [findControllerClasses, findProviderClasses, findEnhancerClasses]
      .flatMap((findClasses) => findClasses(this.#modules))
      .flatMap((type) => getRequirements(type).map((one): [Class, Requirement] => [type, one]))
      .filter(([, { instance }]) => instance === this.instance.name);
  }
}

/** Returns the requirements of a class, and the inherited ones that it does not override. */
function getRequirements(type: Class): Requirement[] {
  const byPosition = new Map<string, Requirement>();
  for (const requirement of getAncestry(type).toReversed().flatMap(getOwnRequirements)) {
    byPosition.set(requirement.position, requirement);
  }
  return [...byPosition.values()];
}

/** Returns a class and the classes that it extends, the class itself first. */
function getAncestry(type: object | null): object[] {
  return type === null || type === Function.prototype
    ? []
    : [type, ...getAncestry(Object.getPrototypeOf(type) as object | null)];
}

function getOwnRequirements(type: object): Requirement[] {
  return (Reflect.getOwnMetadata(METADATA, type) as Requirement[] | undefined) ?? [];
}
