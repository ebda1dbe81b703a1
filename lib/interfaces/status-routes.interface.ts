import type { CanActivate, Type } from '@nestjs/common';

/**
 * The route that shows the operators of the application the status of its connectors.
 *
 * @publicApi
 */
export interface StatusRoutes {
  /** The path of the route. It responds with a page to browsers, and with JSON to other clients. */
  readonly path: string;
  /**
   * The guards that admit operators only. An empty list states that a global guard or the network protects
   * the path. The dependencies of guard classes must be global, or come from the module's `imports` or
   * `extraProviders`.
   */
  readonly guards: readonly (Type<CanActivate> | CanActivate)[];
}
