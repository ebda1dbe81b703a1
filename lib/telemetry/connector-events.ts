import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { describeFailure } from '../common/describe-failure.js';
import type { ConnectorEvent } from '../interfaces/connector-event.interface.js';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import { connectionChannel } from './channels.js';
import { GuardedObservable } from './guarded.observable.js';

/**
 * Publishes the events of an instance to the channel and to the listeners of `events$`.
 *
 * @internal
 */
@Injectable()
export class ConnectorEvents implements OnApplicationShutdown {
  readonly #subject = new Subject<ConnectorEvent>();
  readonly #logger = new Logger('ConnectorsModule');
  /** The context of the startup, because a listener must not act for the sender of a request. */
  readonly #startup = new AsyncResource('ConnectorEvents');

  readonly events$: Observable<ConnectorEvent>;

  constructor(@Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance) {
    this.events$ = new GuardedObservable(this.#subject, (error) => {
      this.#logger.error('A listener of connector events failed.', describeFailure(error));
    });
  }

  emit(event: Omit<ConnectorEvent, 'at' | 'instance'>): void {
    const published = Object.freeze({ ...event, at: new Date(), instance: this.instance.name });
    this.#startup.runInAsyncScope(() => {
      connectionChannel.publish(published);
      this.#subject.next(published);
    });
  }

  onApplicationShutdown(): void {
    this.#subject.complete();
  }
}
