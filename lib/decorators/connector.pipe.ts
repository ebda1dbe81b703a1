import {
  type ArgumentMetadata,
  Inject,
  Injectable,
  Optional,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { describeCopies } from '../connectors.copies.js';
import { getConnectorsToken } from '../connectors.tokens.js';
import type { ConnectorsService } from '../connectors.service.js';
import { findModule } from '../discovery/provided-values.js';
import { isNotConnectedError } from '../errors/connection.errors.js';
import { throwModuleNotImported } from '../errors/module-not-imported.error.js';
import type { ConnectorParameter } from './param.factory.js';
import { bindToRequest } from './replaced-service.js';
import { getCarriedRequest } from './request-carrier.js';

/**
 * Creates the pipe that supplies the values of decorated parameters. It is a class pipe, so
 * Nest resolves its dependencies in the module of the handler.
 *
 * @internal
 */
export function createConnectorPipe(instance?: string): Type<PipeTransform> {
  @Injectable()
  class ConnectorPipe implements PipeTransform {
    readonly #connectors: ConnectorsService;

    constructor(
      @Optional() @Inject(getConnectorsToken(instance)) connectors: ConnectorsService | undefined,
      @Inject(ModuleRef) moduleRef: ModuleRef,
      @Inject(ModulesContainer) modules: ModulesContainer,
    ) {
      this.#connectors = connectors ?? throwNotImported(moduleRef, modules, instance);
    }

    transform(value: unknown, { data }: ArgumentMetadata): unknown {
      const parameter = data as unknown as ConnectorParameter;
      const create = (): unknown => parameter.factory(this.#bindToRequest(value), parameter);
      return parameter.optional ? toNullIfNotConnected(create) : create();
    }

    /** Binds the service, unless a global pipe removed the request. Then the current one applies. */
    #bindToRequest(value: unknown): ConnectorsService {
      const request = getCarriedRequest(value);
      return request === undefined ? this.#connectors : bindToRequest(this.#connectors, request);
    }
  }
  return ConnectorPipe;
}

async function toNullIfNotConnected(create: () => unknown): Promise<unknown> {
  try {
    return await create();
  } catch (error) {
    if (isNotConnectedError(error)) return null;
    throw error;
  }
}

function throwNotImported(
  moduleRef: ModuleRef,
  modules: ModulesContainer,
  instance: string | undefined,
): never {
  const moduleName = findModuleName(moduleRef, modules);
  throwModuleNotImported({
    instance,
    dependent:
      `${moduleName} has handlers with ` +
      '@ConnectorToken, @ConnectorConnection, @ConnectorFetch, @ConnectorHttp or @ConnectorClient',
    localRemedy: `import it in ${moduleName} too`,
    copies: describeCopies(),
  });
}

/** @internal */
export function findModuleName(moduleRef: ModuleRef, modules: ModulesContainer): string {
  return findModule(moduleRef, modules)?.metatype.name ?? 'A module';
}
