import type { IncomingMessage } from 'node:http';
import { HttpError } from './emulator-response.js';
import { bodyTooLarge } from './error-responses.js';
import type { MutableRecord } from './recorded-request.js';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Reads the body into the record, and drops the bytes over the limit.
 *
 * It reads every body to its end, because a client that is still sending would not see the 413.
 */
export async function readBody(request: IncomingMessage, record: MutableRecord): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  record.rawBody = Buffer.concat(chunks).toString('utf8');
  record.body = parseJson(record.rawBody);
  if (bytes > MAX_BODY_BYTES) throw new HttpError(bodyTooLarge);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
