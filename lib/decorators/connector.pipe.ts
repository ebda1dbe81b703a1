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
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { RequestCarrier } from './request-carrier.js';

/**
 * What a decorated parameter asks for. It reaches the pipe as the parameter's
 * metadata, which no other pipe can touch.
 *
 * @internal
 */
export interface ConnectorParameter {
  readonly connector: ConnectorRef;
  readonly optional: boolean;
  readonly give: ParamFactory;
}

/**
 * Makes the value of a parameter.
 *
 * @internal
 */
export type ParamFactory = (
  connectors: ConnectorsService,
  parameter: Omit<ConnectorParameter, 'give'>,
) => Promise<unknown>;

/**
 * Makes the pipe that gives decorated parameters their value. A class pipe is
 * created by Nest's container, in the module of the handler.
 *
 * @internal
 */
export function connectorPipe(instance?: string): Type<PipeTransform> {
  @Injectable()
  class ConnectorPipe implements PipeTransform {
    readonly #connectors: ConnectorsService;

    constructor(
      @Optional() @Inject(getConnectorsToken(instance)) connectors: ConnectorsService | undefined,
      @Inject(ModuleRef) moduleRef: ModuleRef,
      @Inject(ModulesContainer) modules: ModulesContainer,
    ) {
      this.#connectors =
        connectors ?? throwModuleNotImported(instance, moduleNameOf(moduleRef, modules));
    }

    transform(value: unknown, { data }: ArgumentMetadata): Promise<unknown> {
      const parameter = data as unknown as ConnectorParameter;
      const given = parameter.give(this.#connectorsFor(value), parameter);
      return parameter.optional ? given.catch(nullIfNotConnected) : given;
    }

    /** Another pipe may have put a copy in its place; then the ambient context knows the request. */
    #connectorsFor(value: unknown): ConnectorsService {
      const request = value instanceof RequestCarrier ? value.request : undefined;
      return request === undefined ? this.#connectors : this.#connectors.forRequest(request);
    }
  }
  return ConnectorPipe;
}

function nullIfNotConnected(error: unknown): null {
  if (error instanceof ConnectorNotConnectedError) return null;
  throw error;
}

function moduleNameOf(moduleRef: ModuleRef, modules: ModulesContainer): string {
  const module = [...modules.values()].find(
    ({ providers }) => providers.get(ModuleRef)?.instance === moduleRef,
  );
  return module?.metatype.name ?? 'a module';
}

function throwModuleNotImported(instance: string | undefined, moduleName: string): never {
  const name = instance === undefined ? '' : `name: '${instance}', `;
  throw new ConnectorsConfigurationError(
    `${moduleName} has handlers with @ConnectorToken, @ConnectorConnection or @ConnectorHttp, but no ` +
      `ConnectorsModule ${instance === undefined ? '' : `named '${instance}' `}is available to it. ` +
      `Import ConnectorsModule.forRoot({ ${name}… }) in the root module, ` +
      `or, where it is registered with isGlobal: false, in ${moduleName} too.`,
  );
}
