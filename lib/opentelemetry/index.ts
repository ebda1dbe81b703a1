export { ConnectorsOpenTelemetryModule } from './connectors-opentelemetry.module.js';
