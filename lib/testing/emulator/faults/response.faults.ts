import type { OutgoingHttpHeaders } from 'node:http';
import { sendResponse } from '../http/emulator-response.js';
import type { FaultResponder } from './fault.interface.js';

/**
 * The options of `faults.status()`.
 *
 * @publicApi
 */
export interface StatusFaultOptions {
  /**
   * The body. A string or a buffer is sent unchanged, any other value as JSON.
   *
   * @default a `detail`
   */
  readonly body?: unknown;
  /**
   * The headers of the response.
   *
   * @default a JSON content type
   */
  readonly headers?: OutgoingHttpHeaders;
}

/**
 * Sends a complete response with any status, body and headers.
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
    sendResponse(response, { ...options, status: code, body });
  };
}

/**
 * Sends a web page instead of JSON, as a proxy or a captive portal does.
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
 * Redirects the client to another URL.
 *
 * @publicApi
 */
export function redirect(location: string, code = 302): FaultResponder {
  return status(code, { body: '', headers: { Location: location } });
}
