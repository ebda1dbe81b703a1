import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal, scriptFailed, send } from './emulator-answers.js';
import { answerTo } from './emulator-routes.js';
import type { EmulatorState } from './emulator-state.js';
import { FaultQueue } from './faults/fault-queue.js';
import { recordRequest, type OpenRecord, type RecordedRequest } from './recorded-request.js';
import { readBody } from './request-body.js';

/** What goes in and out: every request is recorded, then meets a fault or its answer. */
export class EmulatorTraffic {
  readonly faults = new FaultQueue();
  #requests: RecordedRequest[] = [];

  constructor(readonly state: EmulatorState) {}

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests = [];
    this.faults.clear();
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    const record = recordRequest(request, response);
    this.#requests.push(record);
    this.#serve(request, response, record).catch((error: unknown) => {
      send(response, error instanceof Refusal ? error.answer : scriptFailed(error));
    });
  };

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    record: OpenRecord,
  ): Promise<void> {
    await readBody(request, record);
    const respond = this.faults.take(record);
    const next = () => this.#answer(response, record);
    await (respond ? respond(record, response, next) : next());
  }

  async #answer(response: ServerResponse, record: RecordedRequest): Promise<void> {
    send(response, await answerTo(this.state, record));
  }
}
