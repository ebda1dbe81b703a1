import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';

/** The module's options for an app whose Base44 is the emulator. */
export function toOptions({ url, appId, serviceToken }: Base44Emulator): ConnectorsModuleOptions {
  return { serverUrl: url, appId, serviceToken };
}
