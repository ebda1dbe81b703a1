import type { ConnectorsErrorCode } from '../errors/error-code.js';
import type { Connector } from './connector.interface.js';

/**
 * The state of a connection, as far as this process knows it.
 *
 * @publicApi
 */
export type ConnectorState = 'connected' | 'not_connected' | 'reauthorization_required' | 'unknown';

/**
 * A transition.
 *
 * - `connected`: Base44 has a connection
 * - `not_connected`: Base44 has none
 * - `reauthorization_required`: the provider rejects the newest token, so a person must connect again
 * - `recovered`: the connection works again after `reauthorization_required`
 * - `base44_unavailable`, `base44_available`: the breaker opened because Base44 fails, or closed again
 *
 * @publicApi
 */
export type ConnectorEventType =
  Exclude<ConnectorState, 'unknown'> | 'recovered' | 'base44_unavailable' | 'base44_available';

/**
 * A transition of a connection, or of Base44. It is frozen, and contains no token, URL, header or user.
 *
 * A connector whose connections belong to users (`appUserConnector`) has only `reauthorization_required`,
 * and the event that ends that state: `recovered` or `not_connected`. Each user connects and disconnects,
 * so other transitions are not reported.
 *
 * @publicApi
 */
export interface ConnectorEvent {
  readonly type: ConnectorEventType;
  readonly at: Date;
  /** The name of the `ConnectorsModule` instance. The default instance has none. */
  readonly instance: string | undefined;
  /** The integration type or the connector id. Absent in events about Base44. */
  readonly connector?: string;
  /** Absent in events about Base44. */
  readonly kind?: Connector['kind'];
  /** The state before. Absent in events about Base44. */
  readonly previousState?: ConnectorState;
  /** The code of the error that reported the transition, if an error did. */
  readonly errorCode?: ConnectorsErrorCode;
}
