import { once } from 'node:events';
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tokens } from './tokens.js';
import type { Trace } from './trace.js';

/** A request, with the name of its token. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A provider's API on 127.0.0.1, which notes what arrives. */
export abstract class StandIn {
  readonly #server = createServer((request, response) => {
    const { status, headers = {}, body = { message: STATUS_CODES[status] } } = this.#note(request);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });

  constructor(
    private readonly name: string,
    private readonly tokens: Tokens,
    private readonly trace: Trace,
  ) {}

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Forgets what has happened. */
  reset(): void {
    // Most remember nothing.
  }

  protected abstract answer(call: Call): Answer;

  #note({ method = '', url: path = '', headers }: IncomingMessage): Answer {
    const call = { method, path, token: this.tokens.nameIn(headers.authorization) };
    const waitedMs = this.trace.arrival();
    const answer = this.answer(call);
    const { status, headers: answered = {} } = answer;
    const says = Object.entries(answered).map((header) => header.join(': '));
    this.trace.add({ to: this.name, host: this.host, ...call, status, says, waitedMs });
    return answer;
  }
}
