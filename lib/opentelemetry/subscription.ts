import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConnectorEvent } from '../interfaces/connector-event.interface.js';
import type { LookupMessage } from '../interfaces/telemetry.interface.js';
import {
  callChannels,
  connectionChannel,
  lookupChannel,
  requestChannels,
} from '../telemetry/channels.js';
import { guard } from './guard.js';
import { recordCall, recordEvent, recordLookup, recordRequest } from './metrics.js';
import { OperationTracer } from './operation.tracer.js';

/** The only subscription of a process, which its applications share. */
interface Subscription {
  subscribers: number;
  readonly unsubscribe: () => void;
}

const KEY = Symbol.for('nestjs-base44-connectors.opentelemetry');

/** Global, because a process may load two copies of the package, and both publish to the same channels. */
const registry = globalThis as unknown as Record<symbol, Subscription | undefined>;

/**
 * Subscribes to the channels, unless the process has subscribed already.
 *
 * @returns a function that ends the subscription if no other subscriber is left. Further calls do nothing.
 * @internal
 */
export function subscribeOnce(): () => void {
  const subscription = (registry[KEY] ??= { subscribers: 0, unsubscribe: subscribeAll() });
  subscription.subscribers += 1;
  let isSubscribed = true;
  return () => {
    if (!isSubscribed) return;
    isSubscribed = false;
    subscription.subscribers -= 1;
    if (subscription.subscribers > 0) return;
    registry[KEY] = undefined;
    subscription.unsubscribe();
  };
}

function subscribeAll(): () => void {
  const tracers = [
    new OperationTracer('request', requestChannels, recordRequest),
    new OperationTracer('call', callChannels, recordCall),
  ];
  const onLookup = guard((message: unknown) => {
    recordLookup(message as LookupMessage);
  });
  const onEvent = guard((message: unknown) => {
    recordEvent(message as ConnectorEvent);
  });
  subscribe(lookupChannel.name, onLookup);
  subscribe(connectionChannel.name, onEvent);
  return () => {
    unsubscribe(lookupChannel.name, onLookup);
    unsubscribe(connectionChannel.name, onEvent);
    for (const tracer of tracers) tracer.stop();
  };
}
