import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import { toConnectorKey } from '../common/connector-ref.formatter.js';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { CallMessage, LookupMessage } from '../interfaces/telemetry.interface.js';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import { callChannels, lookupChannel, requestChannels } from '../telemetry/channels.js';
import { ConnectorEvents } from '../telemetry/connector-events.js';
import { ConnectorActivity } from './connector-activity.js';
import { HourlyCounts } from './hourly-counts.js';

/** A limit, because applications may choose connector ids at run time. */
const MAX_OTHERS = 100;

/** The channels whose messages may report a failure. */
const CHANNELS = [lookupChannel, requestChannels.end, callChannels.end];

/**
 * Records the activity of an instance within the last hour. It subscribes to the channels, so it is
 * provided only with `statusRoutes`.
 *
 * @internal
 */
@Injectable()
export class ActivityRecorder implements OnModuleInit, OnApplicationShutdown {
  readonly #required = new Map<string, ConnectorActivity>();
  readonly #others = new LRUCache<string, [Connector, ConnectorActivity]>({ max: MAX_OTHERS });
  readonly #openings = new HourlyCounts<'opening'>();
  readonly #onMessage = (message: unknown): void => {
    this.#record(message as LookupMessage | CallMessage);
  };

  readonly startedAt = new Date();

  constructor(
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
    @Inject(ConnectorEvents) private readonly events: ConnectorEvents,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const { connector } of this.required.list()) {
      this.#required.set(toConnectorKey(parseConnectorRef(connector)), new ConnectorActivity());
    }
    for (const channel of CHANNELS) subscribe(channel.name, this.#onMessage);
    this.events.events$.subscribe(({ type }) => {
      if (type === 'base44_unavailable') this.#openings.add('opening', this.clock.monotonicMs());
    });
  }

  onApplicationShutdown(): void {
    for (const channel of CHANNELS) unsubscribe(channel.name, this.#onMessage);
  }

  /** Returns the number of times that a breaker opened within the last hour. */
  countOpenings(): number {
    return this.#openings.sum(['opening'], this.clock.monotonicMs()).opening;
  }

  /** Returns the activity of a connector. It is empty if there is none. */
  get(connector: Connector): ConnectorActivity {
    const key = toConnectorKey(connector);
    return this.#required.get(key) ?? this.#others.peek(key)?.[1] ?? new ConnectorActivity();
  }

  /** Returns the connectors in use that no decorator requires. */
  listOthers(): Connector[] {
    return [...this.#others.values()].map(([connector]) => connector);
  }

  #record({
    instance,
    connector: id,
    kind,
    errorType,
    ...message
  }: LookupMessage | CallMessage): void {
    if (instance !== this.instance.name) return;
    const nowMs = this.clock.monotonicMs();
    const activity = this.#obtain({ kind, id });
    if ('result' in message) activity.addLookup(message.result, errorType !== undefined, nowMs);
    // The caller ended the call, so nothing failed.
    if (errorType !== undefined && errorType !== 'ABORTED') activity.addFailure(errorType, nowMs);
  }

  #obtain(connector: Connector): ConnectorActivity {
    const key = toConnectorKey(connector);
    const known = this.#required.get(key) ?? this.#others.get(key)?.[1];
    if (known !== undefined) return known;
    const activity = new ConnectorActivity();
    this.#others.set(key, [connector, activity]);
    return activity;
  }
}
