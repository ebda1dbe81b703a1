import { Injectable } from '@nestjs/common';
import { exitRequestContext } from '../identity/current-request.js';
import type { ConnectionRequest } from './connection-request.js';
import { InFlightRequest, type InFlightState, type SendRequest } from './in-flight-request.js';
import { KeyIndex } from './key-index.js';

/**
 * The requests in flight, at most one for each key that can be joined.
 *
 * @internal
 */
@Injectable()
export class InFlightRequests {
  readonly #byKey = new Map<string, InFlightRequest>();

  readonly #index = new KeyIndex();

  get(key: string): InFlightRequest | undefined {
    const inFlight = this.#byKey.get(key);
    return inFlight?.isDetached ? undefined : inFlight;
  }

  /**
   * Returns the request that a caller can join.
   *
   * @param mustAskBase44 - detaches a request that may adopt a shared connection instead
   */
  getJoinable(key: string, mustAskBase44: boolean): InFlightRequest | undefined {
    const inFlight = this.get(key);
    if (inFlight === undefined || inFlight.fresh || !mustAskBase44) return inFlight;
    inFlight.detach();
    return undefined;
  }

  /** Starts a request outside of the current request context, because it may outlive that context. */
  start(request: ConnectionRequest, state: InFlightState, send: SendRequest): InFlightRequest {
    const sendAndRemove: SendRequest = (self, signal) =>
      send(self, signal).finally(() => {
        this.#remove(self);
      });
    const inFlight = exitRequestContext(() => new InFlightRequest(request, state, sendAndRemove));
    this.#byKey.set(request.key, inFlight);
    this.#index.add(request.key);
    return inFlight;
  }

  /** Detaches the request of a key, so that later callers start a new one. */
  detach(key: string): void {
    this.#byKey.get(key)?.detach();
    this.#delete(key);
  }

  /** Detaches the requests for a connector and a user under all service roles. */
  detachForUser(key: string): void {
    for (const other of this.#index.list(key)) this.detach(other);
  }

  detachAll(): void {
    for (const key of this.#byKey.keys()) this.detach(key);
  }

  #remove(inFlight: InFlightRequest): void {
    const { key } = inFlight.request;
    if (this.#byKey.get(key) === inFlight) this.#delete(key);
  }

  #delete(key: string): void {
    this.#byKey.delete(key);
    this.#index.delete(key);
  }
}
