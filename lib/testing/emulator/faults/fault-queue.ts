import type { RecordedRequest } from '../http/recorded-request.js';
import type { Fault, FaultResponder } from './fault.interface.js';
import { status } from './response.faults.js';

type Predicate = (request: RecordedRequest, connector: string | undefined) => boolean;

interface PendingFault {
  readonly respond: FaultResponder;
  readonly matches: Predicate;
  times: number;
}

/** The scripted faults. The first one that matches a request hits it. */
export class FaultQueue {
  #pending: PendingFault[] = [];

  add({ respond = status(503), times = 1, match }: Fault): void {
    this.#pending.push({ respond, times, matches: toPredicate(match) });
  }

  /** @param connector - the connector in the request's path, if there is one */
  take(request: RecordedRequest, connector: string | undefined): FaultResponder | undefined {
    const fault = this.#pending.find(
      ({ times, matches }) => times > 0 && matches(request, connector),
    );
    if (fault) fault.times -= 1;
    return fault?.respond;
  }

  clear(): void {
    this.#pending = [];
  }
}

function toPredicate(match: Fault['match']): Predicate {
  if (typeof match === 'string') return (_request, connector) => connector === match;
  return match === undefined ? () => true : (request) => match(request);
}
