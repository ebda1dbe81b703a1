import {
  type ArgumentMetadata,
  Inject,
  Injectable,
  Optional,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { getConnectorsToken } from '../connectors.tokens.js';
import type { ConnectorsService } from '../connectors.service.js';
import { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import { throwModuleNotImported } from '../errors/module-not-imported.error.js';
import type { ConnectorParameter } from './param.factory.js';
import { bindToRequest } from './replaced-service.js';
import { RequestCarrier } from './request-carrier.js';

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

    /** Binds the service, unless a global pipe copied the carrier. Then the current request applies. */
    #bindToRequest(value: unknown): ConnectorsService {
      const request = value instanceof RequestCarrier ? value.request : undefined;
      return request === undefined ? this.#connectors : bindToRequest(this.#connectors, request);
    }
  }
  return ConnectorPipe;
}

async function toNullIfNotConnected(create: () => unknown): Promise<unknown> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof ConnectorNotConnectedError) return null;
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
      '@ConnectorToken, @ConnectorConnection, @ConnectorFetch or @ConnectorHttp',
    localRemedy: `import it in ${moduleName} too`,
  });
}

function findModuleName(moduleRef: ModuleRef, modules: ModulesContainer): string {
  const module = [...modules.values()].find(
    ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
  );
  return module?.metatype.name ?? 'A module';
}
