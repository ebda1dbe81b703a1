import { Inject } from '@nestjs/common';
import { getConnectorsToken } from '../connectors.tokens.js';

/**
 * Injects the `ConnectorsService` of a named instance of `ConnectorsModule`.
 *
 * @param name - the `name` that `ConnectorsModule` is registered with, or nothing for the default instance
 * @example
 * constructor(@InjectConnectors('crm') private readonly connectors: ConnectorsService) {}
 *
 * @publicApi
 */
export const InjectConnectors = (name?: string): PropertyDecorator & ParameterDecorator =>
  Inject(getConnectorsToken(name));
