import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * One answer of the server. A body that is neither a string nor a buffer is sent as JSON.
 *
 * @internal
 */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** Ends the handling of a request with an answer. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

export interface ValidationIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** What was sent: Base44's texts echo it. */
  readonly input: unknown;
}

export const unauthorized = detail(401, 'Unauthorized');
export const serviceTokensOnly = detail(403, 'This endpoint is only accessible to service tokens');
export const appNotFound = detail(404, 'App not found');
export const routeNotFound = detail(404, 'Not Found');
export const nothingToEnd = detail(404, 'No active connection found for this connector');
export const bodyTooLarge = detail(413, 'Request Entity Too Large');
export const notMetered = detail(400, 'This connector is not metered; request its access token');

export const notConnected: Answer = {
  status: 404,
  body: { detail: 'Connector connection not found', code: 'NOT_FOUND' },
};

export const isMetered: Answer = {
  ...detail(403, 'This connector is metered; call it through the connector proxy'),
  headers: { 'X-Base44-Connector-Error': 'metered_connector_requires_proxy' },
};

export const creditsExhausted: Answer = {
  status: 402,
  body: {
    message: 'The workspace has reached its limit of integration credits',
    extra_data: { reason: 'integration_credits_limit_reached' },
  },
};

export function methodNotAllowed(allowed: readonly string[]): Answer {
  return { ...detail(405, 'Method Not Allowed'), headers: { Allow: allowed.join(', ') } };
}

export function invalid(issues: readonly ValidationIssue[]): Answer {
  return { status: 422, body: { detail: issues } };
}

/** Names the mistake in a script, which is the developer's own and no secret. */
export function scriptFailed(error: unknown): Answer {
  return detail(500, `A script of the emulator threw: ${String(error)}`);
}

function detail(status: number, text: string): Answer {
  return { status, body: { detail: text } };
}

/** Sends an answer, unless the client has gone or something was sent before. */
export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
  const payload = isRaw ? body : JSON.stringify(body);
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.end(payload);
}
