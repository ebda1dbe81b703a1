import { formatConnectorRef } from '../common/connector-ref.formatter.js';
import 'reflect-metadata';
import type { ModulesContainer } from '@nestjs/core';
import { type Class, findControllerClasses } from '../discovery/classes.js';
import { findHandlerRequirements } from '../discovery/handler-arguments.js';

/** The metadata key of `@ApiExtension()`, whose values @nestjs/swagger copies into the operation of a handler. */
const API_EXTENSION = 'swagger/apiExtension';

/**
 * The extension of an operation whose handler requires connectors: their names, such as `slack` or
 * `appUserConnector:66f0c2a41d`.
 *
 * @internal
 */
export const CONNECTORS_EXTENSION = 'x-base44-connectors';

/**
 * Adds the connectors that handlers require to their operations in OpenAPI documents. The methods are
 * marked when all decorators have run, because a decorator can replace the method below it.
 *
 * Responses are not added here: @nestjs/swagger documents the usual response of a handler only if the
 * handler has no other one.
 *
 * @internal
 */
export function markConnectorOperations(modules: ModulesContainer): void {
  for (const type of findControllerClasses(modules)) {
    for (const [handler, names] of groupByHandler(type)) {
      markOperation(Reflect.get(type.prototype as object, handler) as object, [...names]);
    }
  }
}

/** @internal */
export function markOperation(method: object, connectors: readonly string[]): void {
  const extensions = Reflect.getMetadata(API_EXTENSION, method) as object | undefined;
  const marked = { ...extensions, [CONNECTORS_EXTENSION]: connectors };
  Reflect.defineMetadata(API_EXTENSION, marked, method);
}

function groupByHandler(type: Class): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const [handler, { connector }] of findHandlerRequirements(type)) {
    names.set(handler, (names.get(handler) ?? new Set()).add(formatConnectorRef(connector, ':')));
  }
  return names;
}
