import type { Attributes } from '@opentelemetry/api';
import type { ConnectorEvent } from '../interfaces/connector-event.interface.js';
import type {
  CallMessage,
  CallStartMessage,
  LookupMessage,
  RequestMessage,
  RequestStartMessage,
} from '../interfaces/telemetry.interface.js';
import { limitName } from './connector-names.js';

type Message =
  | LookupMessage
  | RequestStartMessage
  | RequestMessage
  | CallStartMessage
  | CallMessage
  | ConnectorEvent;

/** The attributes by the fields of messages. The other fields are measurements and times. */
const NAMES = {
  instance: 'base44.connectors.instance',
  connector: 'base44.connectors.connector',
  kind: 'base44.connectors.kind',
  operation: 'base44.connectors.operation',
  result: 'base44.connectors.result',
  type: 'base44.connectors.event',
  method: 'http.request.method',
  status: 'http.response.status_code',
  errorType: 'error.type',
  errorCode: 'error.type',
};

/** Fields that only spans have, because they do not help to group measurements. */
const SPAN_NAMES = { ...NAMES, attempts: 'base44.connectors.attempts' };

/** @internal */
export function toSpanAttributes(message: Message): Attributes {
  return toAttributes(message, SPAN_NAMES);
}

/**
 * Returns the attributes of a measurement, which have a limited number of values.
 *
 * @internal
 */
export function toMetricAttributes(message: Message): Attributes {
  const { connector } = message;
  const limited =
    connector === undefined ? message : { ...message, connector: limitName(connector) };
  return toAttributes(limited, NAMES);
}

function toAttributes(message: Message, names: Readonly<Record<string, string>>): Attributes {
  const attributes: Attributes = {};
  for (const [field, value] of Object.entries(message)) {
    const name = Object.hasOwn(names, field) ? names[field] : undefined;
    if (name !== undefined && value !== undefined) attributes[name] = value as string | number;
  }
  return attributes;
}
