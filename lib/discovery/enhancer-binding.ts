/** Where `@UseFilters()` and `@UseInterceptors()` leave what they are given. */
const METADATA = { filter: '__exceptionFilters__', interceptor: '__interceptors__' } as const;

/**
 * Puts an enhancer in front of those that classes or methods have, until it is taken away.
 * It must be done before Nest connects their handlers, which is after it has made its providers.
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
    this.#setEach((enhancers) => [enhancer, ...enhancers]);
  }

  remove(): void {
    this.#setEach((enhancers) => enhancers.filter((enhancer) => enhancer !== this.#enhancer));
  }

  #setEach(change: (enhancers: readonly unknown[]) => readonly unknown[]): void {
    const key = METADATA[this.#kind];
    for (const target of this.#targets) {
      const enhancers = Reflect.getMetadata(key, target) as readonly unknown[] | undefined;
      Reflect.defineMetadata(key, change(enhancers ?? []), target);
    }
  }
}
