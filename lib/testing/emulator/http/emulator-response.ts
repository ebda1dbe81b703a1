import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A response of the emulator. A body that is neither a string nor a buffer is sent as JSON. */
export interface EmulatorResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** The error that ends the handling of a request with a response. */
export class HttpError extends Error {
  constructor(readonly response: EmulatorResponse) {
    super(`Rejected with status ${response.status}`);
  }
}

/** Sends a response, unless the client has disconnected or a response has begun. */
export function sendResponse(
  response: ServerResponse,
  { status, body, headers = {} }: EmulatorResponse,
): void {
  if (response.destroyed || response.headersSent) return;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.end(isRaw ? body : JSON.stringify(body));
}
