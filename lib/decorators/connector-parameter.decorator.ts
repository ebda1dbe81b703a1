import 'reflect-metadata';
import { createParamDecorator, type PipeTransform, type Type } from '@nestjs/common';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { REQUIRED_CONNECTOR } from '../discovery/handler-arguments.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { getIncomingRequest } from '../identity/incoming-request.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createConnectorPipe } from './connector.pipe.js';
import type { ConnectorParameter, ParamFactory } from './param.factory.js';
import { carryRequest } from './request-carrier.js';

/** The metadata key under which compilers emit the types of a method's parameters. */
const PARAM_TYPES = 'design:paramtypes';

interface ValueSettings {
  /** Whether the value needs a token, which metered connectors do not have. */
  readonly needsToken?: boolean;
  /** Creates a pipe that converts the value of the factory. */
  readonly createPipe?: (connector: ConnectorRef, instance?: string) => Type<PipeTransform>;
}

const CarryRequest = createParamDecorator<ConnectorParameter>((_, context) =>
  carryRequest(getIncomingRequest(context)),
);

const DefaultConnectorPipe = createConnectorPipe();

/**
 * Creates a decorator that supplies a handler's parameter with a value from a connector.
 *
 * @param name - the name of the decorator in messages
 * @returns a decorator that throws `ConnectorsConfigurationError` where it is applied, when the
 * connector, the options or the place are invalid
 * @internal
 */
export function createConnectorDecorator(
  name: string,
  connector: ConnectorRef,
  options: ConnectorParameterOptions = {},
  factory: ParamFactory,
  { needsToken = true, createPipe }: ValueSettings = {},
): ParameterDecorator {
  return (target, methodName, index) => {
    const place = `@${name}() on ${describeTarget(target, methodName)}`;
    if (methodName === undefined || typeof target === 'function') throwNoHandler(place);
    validateOptions(place, options);
    validateConnector(place, connector);
    const { optional = false, instance } = options;
    const parameter = Object.freeze({
      connector,
      optional,
      factory,
      [REQUIRED_CONNECTOR]: { connector, isOptional: optional, instance, needsToken },
    });
    const pipes = createPipe === undefined ? [] : [createPipe(connector, instance)];
    CarryRequest(parameter, getPipe(instance), ...pipes)(target, methodName, index);
    hideType(target, methodName, index);
  };
}

function getPipe(instance: string | undefined): Type<PipeTransform> {
  return instance === undefined ? DefaultConnectorPipe : createConnectorPipe(instance);
}

function throwNoHandler(place: string): never {
  throw new ConnectorsConfigurationError(
    `${place}: only parameters of handlers that Nest calls support it. ` +
      'Elsewhere, inject ConnectorsService.',
  );
}

function validateConnector(place: string, connector: ConnectorRef): void {
  try {
    parseConnectorRef(connector);
  } catch (error) {
    throw new ConnectorsConfigurationError(
      `${place}: ${(error as Error).message}. ` +
        "Pass a connector such as 'slack' or { workspaceConnector: '66f0c2a41d' }.",
    );
  }
}

function validateOptions(place: string, options: ConnectorParameterOptions): void {
  const unknown = Object.keys(options).find((name) => !['optional', 'instance'].includes(name));
  if (unknown === undefined) return;
  throw new ConnectorsConfigurationError(
    `${place}: '${unknown}' is not an option. The options are optional and instance.`,
  );
}

function describeTarget(target: object, methodName: string | symbol | undefined): string {
  const { name } = typeof target === 'function' ? target : target.constructor;
  return methodName === undefined ? `the constructor of ${name}` : `${name}.${String(methodName)}`;
}

/**
 * Hides the parameter's type from global pipes, because they would convert and validate the value
 * as a client's input. Compilers emit the types before the decorators of parameters run. A method
 * without own types inherits the types of the method that it overrides, so inherited types are hidden too.
 */
function hideType(target: object, methodName: string | symbol, index: number): void {
  const types = Reflect.getMetadata(PARAM_TYPES, target, methodName) as unknown[] | undefined;
  if (types?.[index] === undefined) return;
  Reflect.defineMetadata(PARAM_TYPES, types.with(index, Object), target, methodName);
}
