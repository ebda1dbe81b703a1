import { ConnectorsService } from '../connectors.service.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';

/**
 * The connector of a decorated parameter, and the factory of its value. It reaches the pipe as the
 * parameter's metadata, which other pipes cannot change.
 *
 * @internal
 */
export interface ConnectorParameter {
  readonly connector: ConnectorRef;
  readonly optional: boolean;
  readonly factory: ParamFactory;
}

/**
 * A function that creates the value of a parameter, or a promise of it.
 *
 * @internal
 */
export type ParamFactory = (
  connectors: ConnectorsService,
  parameter: Omit<ConnectorParameter, 'factory'>,
) => unknown;

/**
 * Creates a factory that selects a part of the connection. A cached connection needs no promise.
 *
 * @internal
 */
export function createConnectionFactory(
  select: (connection: ConnectorConnection) => unknown,
): ParamFactory {
  return (connectors, { connector }) => {
    const found = isOriginal(connectors)
      ? connectors.lookUp(connector)
      : Promise.resolve(connectors.getConnection(connector));
    return found instanceof Promise ? found.then(select) : select(found);
  };
}

const ORIGINAL: unknown = Reflect.get(ConnectorsService.prototype, 'getConnection');

/** Mocks, spies and subclasses provide connections through the public method only. */
function isOriginal(connectors: ConnectorsService): boolean {
  return Reflect.get(connectors, 'getConnection') === ORIGINAL;
}
