import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';

/** Returns the options of the module for an app of the emulator. */
export function toOptions({ url, appId, serviceToken }: Base44Emulator): ConnectorsModuleOptions {
  return { serverUrl: url, appId, serviceToken };
}
