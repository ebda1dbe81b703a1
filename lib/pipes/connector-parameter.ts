import 'reflect-metadata';
import { createParamDecorator } from '@nestjs/common';
import { parseConnectorRef } from '../connections/connector-ref.parser.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { type ConnectorParameter, connectorPipe } from './connector.pipe.js';

/**
 * Stands in for the parameter's value until the pipe of this package, the last
 * one of a parameter, gives it. Global pipes may trim, copy or clone it.
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
  const decorate = parameter(Object.freeze({ connector, optional, select }), pipe);
  return (target, methodName, index) => {
    decorate(target, methodName, index);
    if (methodName !== undefined) hideType(target, methodName, index);
  };
}

/**
 * Global pipes convert and validate an argument by the type of its parameter. This
 * one is no input of a client, so they see none. Compilers put the types there
 * before the decorators of parameters run.
 */
function hideType(target: object, methodName: string | symbol, index: number): void {
  const types = Reflect.getMetadata('design:paramtypes', target, methodName) as
    unknown[] | undefined;
  if (types !== undefined) types[index] = Object;
}
