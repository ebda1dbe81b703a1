import { Inject, Injectable } from '@nestjs/common';
import type { Connector } from '../interfaces/connector.interface.js';
import type {
  ConnectorMessage,
  LookupMessage,
  LookupResult,
  RequestStartMessage,
} from '../interfaces/telemetry.interface.js';
import { CONNECTORS_INSTANCE, type ConnectorsInstance } from '../options/connectors.options.js';
import { callChannels, lookupChannel, requestChannels } from './channels.js';
import { getErrorType } from './error-type.js';
import { toKnownMethod } from './http-method.js';
import { trace } from './trace.js';

/**
 * A lookup that is running. The code that finds the connection sets the result.
 *
 * @internal
 */
export interface Lookup {
  result: LookupResult;
}

/**
 * Publishes the lookups and requests of an instance to the channels that have subscribers.
 *
 * @internal
 */
@Injectable()
export class Telemetry {
  constructor(@Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance) {}

  recordHit(connector: Connector): void {
    if (lookupChannel.hasSubscribers) this.#publishLookup(connector, { result: 'hit' });
  }

  /** Traces the lookup of a connection. */
  async traceLookup<T>(connector: Connector, work: (lookup: Lookup) => Promise<T>): Promise<T> {
    const lookup: Lookup = { result: 'hit' };
    if (!lookupChannel.hasSubscribers) return work(lookup);
    try {
      const value = await work(lookup);
      this.#publishLookup(connector, lookup);
      return value;
    } catch (error) {
      this.#publishLookup(connector, { ...lookup, errorType: getErrorType(error) });
      throw error;
    }
  }

  /**
   * Traces a request to Base44, with its retries.
   *
   * @param send - calls its argument before each attempt
   */
  traceRequest<T>(
    connector: Connector,
    operation: RequestStartMessage['operation'],
    send: (onAttempt: () => void) => Promise<T>,
  ): Promise<T> {
    let attempts = 0;
    const onAttempt = (): void => {
      attempts += 1;
    };
    const message = { ...this.#toMessage(connector), operation };
    return trace(
      requestChannels,
      message,
      () => send(onAttempt),
      () => ({ attempts }),
    );
  }

  /** Traces a request to a provider, with its retries. */
  traceCall<T extends { readonly status: number }>(
    connector: Connector,
    method: string,
    send: () => Promise<T>,
  ): Promise<T> {
    const message = { ...this.#toMessage(connector), method: toKnownMethod(method) };
    return trace(
      callChannels,
      message,
      send,
      (response) => response && { status: response.status },
    );
  }

  #publishLookup(connector: Connector, lookup: Pick<LookupMessage, 'result' | 'errorType'>): void {
    lookupChannel.publish(Object.freeze({ ...this.#toMessage(connector), ...lookup }));
  }

  #toMessage({ kind, id }: Connector): ConnectorMessage {
    return { instance: this.instance.name, connector: id, kind };
  }
}
