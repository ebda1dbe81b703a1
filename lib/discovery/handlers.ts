import { DiscoveryService, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { type Class, isClass } from './classes.js';

/** The metadata keys of `@WebSocketGateway()`, and of `@MessagePattern()` and `@EventPattern()`. */
const GATEWAY_METADATA = 'websockets:is_gateway';
const PATTERN_METADATA = 'microservices:pattern';

/** The id of Nest's context of singletons. */
const STATIC_CONTEXT_ID = 1;

/**
 * An instance, before Nest connects its handlers.
 *
 * @internal
 */
export interface ObservedInstance {
  readonly instance: object;
  /** The class that Nest creates the instance of. */
  readonly type: Class;
  /** `false` for the placeholder of a request-scoped class, by which Nest finds the class. */
  readonly isConstructed: boolean;
}

type InstanceListener = (observed: ObservedInstance) => void;

/**
 * Calls a listener with each instance of a gateway before Nest reads its hooks and enhancers, and
 * possibly again.
 *
 * @internal
 */
export function observeGateways(modules: ModulesContainer, listener: InstanceListener): void {
  observeInstances(new DiscoveryService(modules).getProviders(), isGateway, listener);
}

/**
 * Calls a listener with each instance of a controller that handles messages of a microservice before
 * Nest reads its enhancers, and possibly again. In a hybrid application, Nest applies global enhancers
 * to these handlers only with `inheritAppConfig: true`.
 *
 * @internal
 */
export function observeMessageControllers(
  modules: ModulesContainer,
  listener: InstanceListener,
): void {
  observeInstances(new DiscoveryService(modules).getControllers(), handlesMessages, listener);
}

/**
 * Observes the holders of instances, because Nest connects handlers before the lifecycle hooks of
 * providers. The holders belong to one application.
 */
function observeInstances(
  holders: ReturnType<DiscoveryService['getProviders']>,
  isObserved: (type: Class) => boolean,
  listener: InstanceListener,
): void {
  for (const holder of holders) {
    const type: unknown = holder.metatype;
    if (!isClass(type) || !isObserved(type)) continue;
    const getInstance = holder.getInstanceByContextId.bind(holder);
    holder.getInstanceByContextId = (context, ...rest) => {
      const host = getInstance(context, ...rest);
      const { instance, isResolved } = host as { instance: unknown; isResolved?: boolean };
      if (!isObject(instance)) return host;
      const isConstructed =
        isResolved === true &&
        (context.id !== STATIC_CONTEXT_ID || holder.isDependencyTreeStatic());
      listener({ instance, type, isConstructed });
      return host;
    };
  }
}

function isGateway(type: Class): boolean {
  return Reflect.hasMetadata(GATEWAY_METADATA, type);
}

function handlesMessages({ prototype }: Class): boolean {
  return new MetadataScanner()
    .getAllMethodNames(prototype as object)
    .map((name) => Reflect.get(prototype as object, name) as object)
    .some((method) => Reflect.hasMetadata(PATTERN_METADATA, method));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
