import { createParamDecorator } from '@nestjs/common';
import { parseConnectorRef } from '../connections/connector-ref.parser.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { type ConnectorParameter, connectorPipe } from './connector.pipe.js';

/**
 * Stands in for the parameter's value until the pipe of this package, the last
 * one of a parameter, gives it. Global pipes may trim, clone or validate it.
 */
const PENDING = Object.freeze({});

const parameter = createParamDecorator<ConnectorParameter>(() => PENDING);

const DefaultConnectorPipe = connectorPipe();

/**
 * The decorator of a parameter that gets something of a connection.
 *
 * @throws `InvalidConnectorError` when the connector is not well-formed
 * @internal
 */
export function connectorParameter(
  connector: ConnectorRef,
  { optional = false, instance }: ConnectorParameterOptions = {},
  select: ConnectorParameter['select'],
): ParameterDecorator {
  parseConnectorRef(connector);
  const pipe = instance === undefined ? DefaultConnectorPipe : connectorPipe(instance);
  return parameter(Object.freeze({ connector, optional, select }), pipe);
}
