import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { findEventListeners } from './discovery/event-subscriptions.js';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from './options/connectors.options.js';
import { ConnectorEvents } from './telemetry/connector-events.js';

/**
 * Subscribes the methods with `@OnConnectorEvent()` to the events of one instance.
 *
 * @internal
 */
@Injectable()
export class ConnectorEventListeners implements OnModuleInit {
  /** Private, because an inspection would show the whole container. */
  readonly #modules: ModulesContainer;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
    @Inject(ConnectorEvents) private readonly events: ConnectorEvents,
  ) {
    this.#modules = modules;
  }

  /** @throws `ConnectorsConfigurationError` when a class with a listener is not a singleton */
  onModuleInit(): void {
    for (const { type, instance, listen } of findEventListeners(this.#modules)) {
      if (instance !== this.instance.name) continue;
      this.events.events$.subscribe((event) => (event.type === type ? listen(event) : undefined));
    }
  }
}
