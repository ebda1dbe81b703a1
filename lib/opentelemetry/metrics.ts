import { type Meter, metrics } from '@opentelemetry/api';
import type { ConnectorEvent } from '../interfaces/connector-event.interface.js';
import type {
  CallMessage,
  LookupMessage,
  RequestMessage,
} from '../interfaces/telemetry.interface.js';
import { toMetricAttributes } from './attributes.js';
import { SCOPE } from './scope.js';

/** The boundaries of the HTTP semantic conventions, in seconds. */
const BOUNDARIES_S = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

type Instruments = ReturnType<typeof createInstruments>;

let instruments: Instruments | undefined;
let meterProvider: unknown;

/** @internal */
export function recordLookup(message: LookupMessage): void {
  getInstruments().lookups.add(1, toMetricAttributes(message));
}

/** @internal */
export function recordRequest(message: RequestMessage): void {
  getInstruments().requests.record(message.durationMs / 1_000, toMetricAttributes(message));
}

/** @internal */
export function recordCall(message: CallMessage): void {
  getInstruments().calls.record(message.durationMs / 1_000, toMetricAttributes(message));
}

/** @internal */
export function recordEvent(message: ConnectorEvent): void {
  getInstruments().events.add(1, toMetricAttributes(message));
}

/** Returns the instruments of the registered SDK, which an application may register later. */
function getInstruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (instruments === undefined || provider !== meterProvider) {
    instruments = createInstruments(provider.getMeter(SCOPE));
    meterProvider = provider;
  }
  return instruments;
}

function createInstruments(meter: Meter) {
  return {
    lookups: meter.createCounter('base44.connectors.lookups', {
      description: 'Lookups of connections',
      unit: '{lookup}',
    }),
    requests: createDuration(meter, 'request', 'requests to Base44'),
    calls: createDuration(meter, 'call', 'requests to providers'),
    events: meter.createCounter('base44.connectors.events', {
      description: 'Transitions of connections, and of Base44',
      unit: '{event}',
    }),
  };
}

function createDuration(meter: Meter, operation: string, name: string) {
  return meter.createHistogram(`base44.connectors.${operation}.duration`, {
    description: `Duration of ${name}, with retries`,
    unit: 's',
    advice: { explicitBucketBoundaries: BOUNDARIES_S },
  });
}
