export {
  ConnectorsTestingModule,
  type ConnectorsTestingOptions,
} from './connectors-testing.module.js';
export { Base44Emulator } from './emulator/base44-emulator.js';
export type { Base44EmulatorOptions } from './emulator/base44-emulator.options.js';
export type { Fault, FaultResponder } from './emulator/faults/fault.interface.js';
export * as faults from './emulator/faults/faults.js';
export type { RecordedRequest } from './emulator/http/recorded-request.js';
export type { EmulatedAppUser } from './emulator/state/app-user.registry.js';
export type { ConnectedConnector, EmulatedConnection } from './emulator/state/connection.store.js';
export type { EmulatedConnector } from './emulator/state/emulated-connector.js';
export type {
  MeteredProvider,
  MeteredRequest,
  MeteredResponse,
  MeterOptions,
} from './emulator/state/meter.js';
export type { FixedConnectionsOptions } from './fixed-connections.client.js';
export { EmulatedProvider, type EmulatedProviderOptions } from './provider/emulated-provider.js';
export { survives, type SurvivalChecks } from './survives/survives.js';
export type { RevocableProvider, SurvivesOptions } from './survives/survives.options.js';
