export * from './emulator/base44-emulator.js';
export {
  ConnectorsTestingModule,
  type ConnectorsTestingOptions,
} from './connectors-testing.module.js';
export type { FixedConnectionsOptions } from './fixed-connections.js';
