import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request to a function and its answer, as they passed by. */
export interface Exchange {
  readonly received: Message;
  readonly forwarded: Message;
  readonly answered: Message & { readonly status: number };
}

export interface FunctionsHostOptions {
  /** Where the function listens. */
  readonly origin: string;
  /** What Base44 puts on each request to a function. */
  readonly headers: Readonly<Record<string, string>>;
  /** Told of each exchange before the answer goes back. */
  readonly onExchange: (exchange: Exchange) => void;
}

/** A stand-in for what runs functions at Base44: it forwards requests, with headers of its own on top. */
export class FunctionsHost {
  readonly #server: Server;

  private constructor(private readonly options: FunctionsHostOptions) {
    this.#server = createServer((request, response) => {
      this.#forward(request, response).catch(() => response.writeHead(502).end());
    });
  }

  static async start(options: FunctionsHostOptions): Promise<FunctionsHost> {
    const host = new FunctionsHost(options);
    host.#server.listen(0, '127.0.0.1');
    await once(host.#server, 'listening');
    return host;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const received = { headers: request.headers, body: await text(request) };
    const forwarded = { headers: this.#headersOnTopOf(request.headers), body: received.body };
    const onwards = send(this.options.origin + url, { method, headers: forwarded.headers });
    onwards.end(forwarded.body);
    const [answer] = (await once(onwards, 'response')) as [IncomingMessage];
    const { statusCode: status = 502, headers } = answer;
    const answered = { status, headers, body: await text(answer) };
    this.options.onExchange({ received, forwarded, answered });
    response.writeHead(status, headers).end(answered.body);
  }

  #headersOnTopOf({ ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
    // Answers pass by here as text.
    delete headers['accept-encoding'];
    return { ...headers, ...this.options.headers };
  }
}
