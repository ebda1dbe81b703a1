import type { OutgoingHttpHeaders } from 'node:http';
import { send } from '../emulator-answers.js';
import type { FaultResponder } from './fault.js';

/**
 * @publicApi
 */
export interface StatusFaultOptions {
  /** A string or a buffer is sent as it is, all else as JSON. @default a `detail` */
  readonly body?: unknown;
  /** @default a JSON content type */
  readonly headers?: OutgoingHttpHeaders;
}

/**
 * A complete answer with any status, body and headers.
 *
 * @example
 * faults.status(429, { headers: { 'Retry-After': '2' } })
 * faults.status(200, { body: { access_token: 42 } })
 *
 * @publicApi
 */
export function status(code: number, options: StatusFaultOptions = {}): FaultResponder {
  const body = 'body' in options ? options.body : { detail: `Injected fault: ${code}` };
  return (_request, response) => {
    send(response, { ...options, status: code, body });
  };
}

/**
 * A web page where JSON belongs, as a proxy or a captive portal would give.
 *
 * @publicApi
 */
export function html(code = 200): FaultResponder {
  return status(code, {
    body: '<!doctype html><title>Base44</title><p>Just a moment…</p>',
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
  });
}

/**
 * Sends the client elsewhere.
 *
 * @publicApi
 */
export function redirect(location: string, code = 302): FaultResponder {
  return status(code, { body: '', headers: { Location: location } });
}
