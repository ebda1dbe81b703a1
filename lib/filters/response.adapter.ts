import type { ServerResponse } from 'node:http';

/** The part of Nest's HTTP adapter that sends a response. */
interface ResponseAdapter {
  isHeadersSent(response: HttpResponse): boolean;
  setHeader(response: HttpResponse, name: string, value: string): unknown;
  reply(response: HttpResponse, body: object, statusCode: number): unknown;
  end(response: HttpResponse): unknown;
}

/**
 * A response of Node.js, with the members that Express and Fastify add.
 *
 * @internal
 */
export interface HttpResponse extends ServerResponse {
  /** The response of Node.js that a reply of Fastify wraps. */
  readonly raw?: ServerResponse;
  status?(code: number): { send(body: object): unknown };
  header?(name: string, value: string): unknown;
}

/**
 * Responds without the application's HTTP adapter, because filters that Nest does not create have none.
 *
 * @internal
 */
export const responseAdapter: ResponseAdapter = {
  isHeadersSent: (response) => getRaw(response).headersSent,
  setHeader(response, name, value) {
    if (response.header) response.header(name, value);
    else response.setHeader(name, value);
  },
  reply(response, body, statusCode) {
    if (response.status) return response.status(statusCode).send(body);
    // Middleware on Fastify has the response of Node.js.
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    return response.writeHead(statusCode, headers).end(JSON.stringify(body));
  },
  end: (response) => getRaw(response).end(),
};

function getRaw(response: HttpResponse): ServerResponse {
  return response.raw ?? response;
}
