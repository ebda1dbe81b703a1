import { createServer, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { RunningFunction } from './functions-host.js';
import { type OpenServer, openServer } from './open-server.js';

type Handler = (request: Request) => Promise<Response>;

/** A backend function in this process, as Stryker needs it to see which mutants a test reaches. */
export class NodeFunction implements RunningFunction {
  readonly keepsAlive = true;
  output = '';

  private constructor(private readonly opened: OpenServer) {}

  static async start(handle: Handler): Promise<NodeFunction> {
    const server = createServer((incoming, outgoing) => {
      void handle(toRequest(incoming)).then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(await response.text());
      });
    });
    return new NodeFunction(await openServer(server));
  }

  get port(): number {
    return this.opened.port;
  }

  get residentBytes(): number {
    return process.memoryUsage.rss();
  }

  close(): Promise<void> {
    return this.opened.close();
  }
}

function toRequest(incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://${incoming.headers.host}${url}`, {
    method,
    headers,
    ...(hasBody && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  });
}
