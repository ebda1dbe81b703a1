import 'reflect-metadata';
import type { Class } from './classes.js';
import type { ObservedInstance } from './handlers.js';

/** The metadata keys of `@UseFilters()`, `@UseGuards()` and `@UseInterceptors()`. */
const METADATA = {
  filter: '__exceptionFilters__',
  guard: '__guards__',
  interceptor: '__interceptors__',
} as const;

/**
 * Adds an enhancer to single instances, before the enhancers of their class. Several applications may
 * share a class, but each instance belongs to one application.
 *
 * Nest finds enhancers by the class of an instance. So the instance gets a subclass, which exists only
 * for its enhancers: Nest creates no instances of it.
 *
 * @internal
 */
export class InstanceEnhancer {
  readonly #key: string;
  readonly #enhancer: object;
  readonly #subclasses = new WeakMap<object, Class>();
  readonly #enhanced = new WeakSet<object>();

  constructor(kind: keyof typeof METADATA, enhancer: object) {
    this.#key = METADATA[kind];
    this.#enhancer = enhancer;
  }

  enhance({ instance, type, isConstructed }: ObservedInstance): void {
    if (!isConstructed || this.#enhanced.has(instance)) return;
    this.#enhanced.add(instance);
    const prototype = Object.getPrototypeOf(instance) as object;
    const subclass = this.#subclasses.get(prototype) ?? this.#createSubclass(prototype, type);
    this.#subclasses.set(prototype, subclass);
    Reflect.setPrototypeOf(instance, subclass.prototype as object);
  }

  #createSubclass(prototype: object, type: Class): Class {
    // Another enhancer may have given the instance a subclass before.
    const parent = type.prototype === prototype ? type : (prototype.constructor as Class);
    const subclass = class extends parent {} as Class;
    Reflect.setPrototypeOf(subclass.prototype as object, prototype);
    Reflect.defineProperty(subclass, 'name', { value: parent.name });
    const inherited = Reflect.getMetadata(this.#key, parent) as readonly unknown[] | undefined;
    Reflect.defineMetadata(this.#key, [this.#enhancer, ...(inherited ?? [])], subclass);
    return subclass;
  }
}
