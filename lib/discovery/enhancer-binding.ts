/** The metadata keys of `@UseFilters()` and `@UseInterceptors()`. */
const METADATA = { filter: '__exceptionFilters__', interceptor: '__interceptors__' } as const;

/**
 * Puts an enhancer before the enhancers of classes or methods, until it is removed.
 *
 * Create it in the constructor of a provider, because Nest reads the metadata when it
 * connects handlers, after it has created its providers.
 *
 * @internal
 */
export class EnhancerBinding {
  readonly #kind: keyof typeof METADATA;
  readonly #enhancer: object;
  readonly #targets: readonly object[];

  constructor(kind: keyof typeof METADATA, enhancer: object, targets: readonly object[]) {
    this.#kind = kind;
    this.#enhancer = enhancer;
    this.#targets = targets;
    this.#update((enhancers) => [enhancer, ...enhancers]);
  }

  remove(): void {
    this.#update((enhancers) => enhancers.filter((enhancer) => enhancer !== this.#enhancer));
  }

  #update(change: (enhancers: readonly unknown[]) => readonly unknown[]): void {
    const key = METADATA[this.#kind];
    for (const target of this.#targets) {
      const enhancers = Reflect.getMetadata(key, target) as readonly unknown[] | undefined;
      Reflect.defineMetadata(key, change(enhancers ?? []), target);
    }
  }
}
