import type { ConnectorsErrorCode } from '../errors/error-code.js';
import type { ConnectorState } from './connector-event.interface.js';
import type { ConnectorRequirement } from './connector-requirement.interface.js';

/**
 * A connector that the application requires, and its state in this process.
 *
 * @publicApi
 */
export interface ConnectorStatus extends ConnectorRequirement {
  /** `unknown` until the first lookup, and for connectors whose connections belong to users. */
  readonly state: ConnectorState;
  /** The time of the last transition. Absent while the state is `unknown`. */
  readonly since?: Date;
  /** Whether the cache has a connection that lookups return, even while Base44 fails. */
  readonly isCached: boolean;
  /** The code of the last error. Absent if the last request succeeded. */
  readonly lastErrorCode?: ConnectorsErrorCode;
}

/**
 * The options of `ConnectorsService.status()`.
 *
 * @publicApi
 */
export interface StatusOptions {
  /**
   * Looks up the connections before it returns their states.
   *
   * @default false
   */
  readonly probe?: boolean | undefined;
}
