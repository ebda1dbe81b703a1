import 'reflect-metadata';
import { DiscoveryService, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type {
  ConnectorEvent,
  ConnectorEventType,
} from '../interfaces/connector-event.interface.js';

/** The metadata key of the subscriptions of a method. */
const SUBSCRIPTIONS = 'nestjs-base44-connectors:event-subscriptions';

interface Subscription {
  readonly type: ConnectorEventType;
  readonly instance: string | undefined;
}

/**
 * A method that receives the events of a type.
 *
 * @internal
 */
export interface EventListener extends Subscription {
  readonly listen: (event: ConnectorEvent) => unknown;
}

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** @internal */
export function addEventSubscription(method: object, subscription: Subscription): void {
  Reflect.defineMetadata(SUBSCRIPTIONS, [...getSubscriptions(method), subscription], method);
}

/**
 * Finds the listeners of an application's providers and controllers.
 *
 * @throws {@link ConnectorsConfigurationError} when a class with a listener is not a singleton
 * @internal
 */
export function findEventListeners(modules: ModulesContainer): EventListener[] {
  const discovery = new DiscoveryService(modules);
  const wrappers = [...discovery.getControllers(), ...discovery.getProviders()];
  const own = wrappers.filter(({ isAlias }) => !isAlias);
  // A factory may provide an object that another token provides too.
  const byInstance = new Map(own.map((wrapper) => [wrapper.instance as unknown, wrapper]));
  return [...byInstance.values()].flatMap(findListeners);
}

function findListeners(wrapper: Wrapper): EventListener[] {
  const instance: unknown = wrapper.instance;
  if (typeof instance !== 'object' || instance === null) return [];
  return findMethods(instance).flatMap(([name, method]) =>
    getSubscriptions(method).map((subscription) => {
      requireSingleton(wrapper, name);
      return { ...subscription, listen: (event: ConnectorEvent) => method.call(instance, event) };
    }),
  );
}

function findMethods(instance: object): [string, (event: ConnectorEvent) => unknown][] {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  if (prototype === null) return [];
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => [name, Reflect.get(prototype, name) as (event: ConnectorEvent) => unknown]);
}

function requireSingleton(wrapper: Wrapper, method: string): void {
  if (wrapper.isDependencyTreeStatic()) return;
  throw new ConnectorsConfigurationError(
    `@OnConnectorEvent() on ${String(wrapper.name)}.${method} would receive no event, because the class is ` +
      'request-scoped or transient, or injects such a provider. Move the method to a singleton.',
  );
}

function getSubscriptions(method: object): Subscription[] {
  return (Reflect.getMetadata(SUBSCRIPTIONS, method) as Subscription[] | undefined) ?? [];
}
