import type { CanActivate, Type } from '@nestjs/common';

/**
 * The routes that let the app's signed-in users connect accounts of their own.
 *
 * @publicApi
 */
export interface AppUserRoutes {
  /**
   * The path of the routes `GET {path}/:connectorId`, `GET {path}/:connectorId/connect` and
   * `DELETE {path}/:connectorId`.
   */
  readonly path: string;
  /**
   * The guards of these routes. The dependencies of guard classes must be global, or come from the
   * module's `imports` or `extraProviders`.
   *
   * @default []
   */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[] | undefined;
  /**
   * The pages that the connect route accepts as `?returnTo=`, by exact match: paths such as
   * `'/calendar'`, or absolute https URLs. The route redirects a user who has already approved to
   * that page. Without one, it responds with `{ connector, connected: true }` if Base44 has no consent page.
   *
   * @default []
   */
  readonly returnTo?: readonly string[] | undefined;
}
