import { connectorNamedIn } from '../emulator-routes.js';
import type { RecordedRequest } from '../recorded-request.js';
import { status } from './answer.faults.js';
import type { Fault, FaultResponder } from './fault.js';

interface Pending {
  readonly respond: FaultResponder;
  readonly hits: (request: RecordedRequest) => boolean;
  times: number;
}

/** The scripted faults, first in, first out among those that match a request. */
export class FaultQueue {
  #pending: Pending[] = [];

  add({ respond = status(503), times = 1, match }: Fault): void {
    this.#pending.push({ respond, times, hits: predicateOf(match) });
  }

  take(request: RecordedRequest): FaultResponder | undefined {
    const fault = this.#pending.find(({ times, hits }) => times > 0 && hits(request));
    if (fault) fault.times -= 1;
    return fault?.respond;
  }

  clear(): void {
    this.#pending = [];
  }
}

function predicateOf(match: Fault['match']): Pending['hits'] {
  if (typeof match === 'string') return (request) => connectorNamedIn(request) === match;
  return match ?? (() => true);
}
