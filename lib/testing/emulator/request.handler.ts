import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultQueue } from './faults/fault-queue.js';
import { HttpError, sendResponse } from './http/emulator-response.js';
import { foreignHost, scriptFailed } from './http/error-responses.js';
import {
  recordRequest,
  type MutableRecord,
  type RecordedRequest,
} from './http/recorded-request.js';
import { readBody } from './http/request-body.parser.js';
import { findConnector, respondTo } from './routes/emulator.router.js';
import type { EmulatorState } from './state/emulator-state.js';

/** Handles every request: records it, then sends a scripted fault or the response of the API. */
export class RequestHandler {
  readonly faults = new FaultQueue();
  readonly #state: EmulatorState;
  readonly #onResponse: (request: RecordedRequest) => void;
  #requests: RecordedRequest[] = [];

  constructor(
    state: EmulatorState,
    onResponse: (request: RecordedRequest) => void = () => undefined,
  ) {
    this.#state = state;
    this.#onResponse = onResponse;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests = [];
    this.faults.clear();
  }

  /** The listener of the server. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const record = recordRequest(request, response, this.#onResponse);
    this.#requests.push(record);
    this.#respond(request, response, record).catch((error: unknown) => {
      sendResponse(response, error instanceof HttpError ? error.response : scriptFailed(error));
    });
  };

  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    record: MutableRecord,
  ): Promise<void> {
    if (!isLoopback(request.headers.host)) throw new HttpError(foreignHost);
    await readBody(request, record);
    const fault = this.faults.take(record, findConnector(record));
    const next = async () => {
      sendResponse(response, await respondTo(this.#state, record));
    };
    await (fault ? fault(record, response, next) : next());
  }
}

/** A page in the browser can reach the emulator under a host of its own (DNS rebinding). */
function isLoopback(host = ''): boolean {
  return /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}
