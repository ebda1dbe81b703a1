import type { HttpService } from '@nestjs/axios';
import * as common from '@nestjs/common';
import type { AxiosInstance } from 'axios';
import { ConnectorsConfigurationError } from '../../errors/connectors-configuration.error.js';

/** @internal */
export type HttpServiceClass = new (instance: AxiosInstance) => HttpService;

/**
 * The optional peer `@nestjs/axios`. An application without an `HttpService` does not need it.
 *
 * @internal
 */
export class NestAxios {
  private constructor(private readonly loaded: HttpServiceClass | undefined) {}

  /** Loads the package, or remembers that it cannot be loaded. */
  static async load(): Promise<NestAxios> {
    try {
      return new NestAxios((await import('@nestjs/axios')).HttpService);
    } catch {
      return new NestAxios(undefined);
    }
  }

  /** @throws {@link ConnectorsConfigurationError} when the package cannot be loaded */
  get HttpService(): HttpServiceClass {
    return this.loaded ?? throwNotLoaded();
  }
}

function throwNotLoaded(): never {
  // Nest 12 introduced this pipe.
  const isNest12 = 'StandardSchemaValidationPipe' in common;
  throw new ConnectorsConfigurationError(
    'An HttpService needs @nestjs/axios, which ' +
      (isNest12
        ? 'cannot be loaded. Install it: npm i @nestjs/axios'
        : 'is missing, or is an ES module that cannot be loaded here. ' +
          'Install the version of Nest 11: npm i @nestjs/axios@4'),
  );
}
