import type { ConnectorRef } from './connector.interface.js';

/**
 * A connector that the application's decorators ask for.
 *
 * @publicApi
 */
export interface ConnectorRequirement {
  readonly connector: ConnectorRef;
  /** Whether all who ask for it can do without. */
  readonly isOptional: boolean;
  /** The handlers and classes that ask for it, such as `'CalendarController.events'`. */
  readonly requiredBy: readonly string[];
}
