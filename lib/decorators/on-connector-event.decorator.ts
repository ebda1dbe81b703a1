import { addEventSubscription } from '../discovery/event-subscriptions.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorEventType } from '../interfaces/connector-event.interface.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';

const TYPES: Readonly<Record<ConnectorEventType, true>> = {
  connected: true,
  not_connected: true,
  reauthorization_required: true,
  recovered: true,
  base44_unavailable: true,
  base44_available: true,
};

/**
 * Calls a method of a singleton provider or controller with each event of a type. The method may return a
 * promise, and its errors are logged. It runs outside of requests, so `ConnectorsService` acts as the service role.
 *
 * @param options - `instance`: the name of the `ConnectorsModule` instance
 * @throws `ConnectorsConfigurationError` where it is applied, when the type is unknown
 * @example
 * \@OnConnectorEvent('reauthorization_required')
 * async alert(event: ConnectorEvent) {
 *   await this.mail.send(`Connect ${event.connector} again.`);
 * }
 *
 * @publicApi
 */
export function OnConnectorEvent(
  type: ConnectorEventType,
  { instance }: Pick<ConnectorParameterOptions, 'instance'> = {},
): MethodDecorator {
  return (target, name, { value }) => {
    if (!Object.hasOwn(TYPES, type)) {
      throw new ConnectorsConfigurationError(
        `@OnConnectorEvent() on ${target.constructor.name}.${String(name)} has an unknown type. ` +
          `Use one of: ${Object.keys(TYPES).join(', ')}.`,
      );
    }
    addEventSubscription(value as object, { type, instance });
  };
}
