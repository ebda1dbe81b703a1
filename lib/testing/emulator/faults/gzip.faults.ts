import { gzipSync } from 'node:zlib';
import { status } from './answer.faults.js';
import type { FaultResponder } from './fault.js';
import { USABLE_JSON } from './usable-answer.js';

const MEBIBYTE = 1024 * 1024;

/**
 * Some 200 KB of gzip that are 200 MiB of JSON: blanks, and a usable answer behind them.
 * A gzip file may have many members, so the same compressed mebibyte is sent again and again.
 *
 * @param mebibytes - The size once decompressed.
 *
 * @publicApi
 */
export function gzipBomb(mebibytes = 200): FaultResponder {
  const blanks = gzipSync(Buffer.alloc(MEBIBYTE, ' '));
  const members = Array.from({ length: mebibytes }, () => blanks);
  return gzipped(Buffer.concat([...members, gzipSync(USABLE_JSON)]));
}

/**
 * Gzip within gzip, announced once.
 *
 * @publicApi
 */
export function doubleGzip(): FaultResponder {
  return gzipped(gzipSync(gzipSync(USABLE_JSON)));
}

/**
 * Gzip that is cut, in an answer that HTTP takes for complete.
 *
 * @publicApi
 */
export function truncatedGzip(): FaultResponder {
  const whole = gzipSync(USABLE_JSON);
  return gzipped(whole.subarray(0, whole.length / 2));
}

function gzipped(body: Buffer): FaultResponder {
  return status(200, { body, headers: { 'Content-Encoding': 'gzip' } });
}
