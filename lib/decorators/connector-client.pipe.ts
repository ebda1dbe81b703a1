import { Inject, Injectable, Optional, type PipeTransform, type Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import type { ConnectorsService } from '../connectors.service.js';
import { getClientSourceToken } from '../connectors.tokens.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import type { ClientSource } from './client-source.js';
import { findModuleName } from './connector.pipe.js';

/**
 * Creates the pipe that converts a bound service to a client. It is a class pipe, so Nest resolves the
 * declaration of the client in the module of the handler, and fails startup without one.
 *
 * @internal
 */
export function createClientPipe(connector: ConnectorRef, instance?: string): Type<PipeTransform> {
  @Injectable()
  class ConnectorClientPipe implements PipeTransform {
    readonly #clients: Pick<ClientSource, 'create'>;

    constructor(
      @Optional()
      @Inject(getClientSourceToken(connector, instance))
      clients: ClientSource | undefined,
      @Inject(ModuleRef) moduleRef: ModuleRef,
      @Inject(ModulesContainer) modules: ModulesContainer,
    ) {
      this.#clients =
        clients ?? throwNotDeclared(findModuleName(moduleRef, modules), connector, instance);
    }

    /** @param connectors - the bound service, or `null` for an optional connector that is not connected */
    async transform(connectors: ConnectorsService | null): Promise<object | null> {
      return connectors && this.#clients.create(connectors);
    }
  }
  return ConnectorClientPipe;
}

function throwNotDeclared(
  moduleName: string,
  connector: ConnectorRef,
  instance: string | undefined,
): never {
  const ref = describe(connector);
  const named = instance === undefined ? '' : `, instance: '${instance}'`;
  throw new ConnectorsConfigurationError(
    `${moduleName} has handlers with @ConnectorClient(${ref}), but imports no module that declares its client. ` +
      `Import it in ${moduleName}: ConnectorsModule.forFeature([{ connector: ${ref}, client: (fetch) => new …${named} }]).`,
  );
}

function describe(connector: ConnectorRef): string {
  if (typeof connector === 'string') return `'${connector}'`;
  const [[kind, id] = []] = Object.entries(connector);
  return `{ ${String(kind)}: '${String(id)}' }`;
}
