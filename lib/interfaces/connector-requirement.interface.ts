import type { ConnectorRef } from './connector.interface.js';

/**
 * A connector that the application's decorators require.
 *
 * @publicApi
 */
export interface ConnectorRequirement {
  readonly connector: ConnectorRef;
  /** Whether every decorator that requires it sets `optional: true`. */
  readonly isOptional: boolean;
  /** Whether a decorator needs the access token. `@ConnectorFetch()` also calls metered connectors, which have none. */
  readonly needsToken: boolean;
  /** The handlers and classes that require it, such as `'CalendarController.events'`. */
  readonly requiredBy: readonly string[];
}
