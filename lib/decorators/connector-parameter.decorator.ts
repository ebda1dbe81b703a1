import 'reflect-metadata';
import { createParamDecorator } from '@nestjs/common';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { addRequirement } from '../discovery/required-connectors.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { getIncomingRequest } from '../identity/incoming-request.js';
import { type ParamFactory, type ConnectorParameter, connectorPipe } from './connector.pipe.js';
import { RequestCarrier } from './request-carrier.js';

const parameter = createParamDecorator<ConnectorParameter>(
  (_, context) => new RequestCarrier(getIncomingRequest(context)),
);

const DefaultConnectorPipe = connectorPipe();

/**
 * The decorator of a parameter that gets something of a connection.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when that is no parameter of a
 * method, or the connector or the options are not well-formed
 * @internal
 */
export function connectorParameter(
  decorator: string,
  connector: ConnectorRef,
  options: ConnectorParameterOptions = {},
  give: ParamFactory,
): ParameterDecorator {
  return (target, methodName, index) => {
    const place = `@${decorator}() on ${nameOf(target, methodName)}`;
    if (methodName === undefined || typeof target === 'function') {
      throw new ConnectorsConfigurationError(
        `${place}: only parameters of handlers that Nest calls can have it. ` +
          'Elsewhere inject ConnectorsService.',
      );
    }
    const { optional = false, instance } = checkedOptions(place, options);
    checkConnector(place, connector);
    const pipe = instance === undefined ? DefaultConnectorPipe : connectorPipe(instance);
    parameter(Object.freeze({ connector, optional, give }), pipe)(target, methodName, index);
    hideType(target, methodName, index);
    const method = String(methodName);
    addRequirement(target.constructor, {
      connector,
      isOptional: optional,
      instance,
      method,
      place: `${method}:${index}`,
    });
  };
}

function checkConnector(place: string, connector: ConnectorRef): void {
  try {
    parseConnectorRef(connector);
  } catch (error) {
    throw new ConnectorsConfigurationError(
      `${place}: ${(error as Error).message}. ` +
        "Name it like this: 'slack', or { workspaceConnector: '66f0c2a41d' }.",
    );
  }
}

function checkedOptions(
  place: string,
  options: ConnectorParameterOptions,
): ConnectorParameterOptions {
  const unknown = Object.keys(options).find((name) => !['optional', 'instance'].includes(name));
  if (unknown === undefined) return options;
  throw new ConnectorsConfigurationError(
    `${place}: '${unknown}' is not an option of it; optional and instance are.`,
  );
}

function nameOf(target: object, methodName: string | symbol | undefined): string {
  const { name } = typeof target === 'function' ? target : target.constructor;
  return methodName === undefined ? `the constructor of ${name}` : `${name}.${String(methodName)}`;
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
