import 'reflect-metadata';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import {
  type Class,
  findControllerClasses,
  findEnhancerClasses,
  findProviderClasses,
} from './classes.js';
import { findHandlerRequirements, type RequiredConnector } from './handler-arguments.js';
import { findInjectedRequirements } from './injected-connectors.js';

/**
 * Collects the connectors that an application's decorators require of one instance.
 *
 * @internal
 */
@Injectable()
export class RequiredConnectors implements OnApplicationBootstrap {
  /** Private, because an inspection would show the whole container. */
  readonly #modules: ModulesContainer;
  #hasStarted = false;
  /** The requirements after startup, and the number of modules that they come from. */
  #known: { readonly moduleCount: number; readonly list: ConnectorRequirement[] } | undefined;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
  ) {
    this.#modules = modules;
  }

  /** Nest has registered all classes now, except those of lazily loaded modules. */
  onApplicationBootstrap(): void {
    this.#hasStarted = true;
  }

  /** Returns each required connector once, with all handlers and classes that require it. */
  list(): ConnectorRequirement[] {
    if (!this.#hasStarted) return this.#collect();
    const moduleCount = this.#modules.size;
    // Failed calls and health checks ask often, and a scan takes milliseconds in a large application.
    if (this.#known?.moduleCount !== moduleCount) {
      this.#known = { moduleCount, list: this.#collect() };
    }
    return [...this.#known.list];
  }

  #collect(): ConnectorRequirement[] {
    const byConnector = new Map<string, ConnectorRequirement>();
    for (const [
      dependent,
      { connector, isOptional, needsToken = true },
    ] of this.#findRequirements()) {
      const key = JSON.stringify(connector);
      const previous = byConnector.get(key);
      byConnector.set(key, {
        connector,
        isOptional: isOptional && (previous?.isOptional ?? true),
        needsToken: needsToken || (previous?.needsToken ?? false),
        requiredBy: [...new Set([...(previous?.requiredBy ?? []), dependent])],
      });
    }
    return [...byConnector.values()];
  }

  /** Returns the handlers and classes that require a connector, such as `'CalendarController.events'`. */
  findDependents({ kind, id }: Connector): readonly string[] {
    const requirement = this.list().find(({ connector: ref }) => {
      const connector = parseConnectorRef(ref);
      return connector.kind === kind && connector.id === id;
    });
    return requirement?.requiredBy ?? [];
  }

  #findRequirements(): [string, RequiredConnector][] {
    return [findControllerClasses, findProviderClasses, findEnhancerClasses]
      .flatMap((findClasses) => findClasses(this.#modules))
      .flatMap(getRequirements)
      .filter(([, { instance }]) => instance === this.instance.name);
  }
}

/** Returns the requirements of a class, with the names of the handlers or the class that require them. */
function getRequirements(type: Class): [string, RequiredConnector][] {
  const injected = findInjectedRequirements(type).map(
    (requirement): [string, RequiredConnector] => [type.name, requirement],
  );
  const handled = findHandlerRequirements(type).map(
    ([handler, requirement]): [string, RequiredConnector] => [
      `${type.name}.${handler}`,
      requirement,
    ],
  );
  return [...injected, ...handled];
}
