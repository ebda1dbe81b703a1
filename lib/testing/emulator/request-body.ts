import type { IncomingMessage } from 'node:http';
import { bodyTooLarge, Refusal } from './emulator-answers.js';
import type { OpenRecord } from './recorded-request.js';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Reads the body into the record. What is over the limit is read and dropped, so
 * that the client gets to see its 413.
 */
export async function readBody(request: IncomingMessage, record: OpenRecord): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  record.rawBody = Buffer.concat(chunks).toString('utf8');
  record.body = jsonOrUndefined(record.rawBody);
  if (bytes > MAX_BODY_BYTES) throw new Refusal(bodyTooLarge);
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
