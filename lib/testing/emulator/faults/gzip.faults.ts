import { gzipSync } from 'node:zlib';
import type { FaultResponder } from './fault.interface.js';
import { status } from './response.faults.js';
import { VALID_BODY } from './valid-body.js';

const MEBIBYTE = 1024 * 1024;

/**
 * Sends about 200 KB of gzip that decompress to 200 MiB: spaces, followed by a valid body.
 *
 * @param mebibytes - the decompressed size, in MiB
 *
 * @publicApi
 */
export function gzipBomb(mebibytes = 200): FaultResponder {
  // A gzip file may have many members, so one compressed mebibyte is repeated.
  const spaces = gzipSync(Buffer.alloc(MEBIBYTE, ' '));
  const members = Array.from({ length: mebibytes }, () => spaces);
  return gzipped(Buffer.concat([...members, gzipSync(VALID_BODY)]));
}

/**
 * Sends a body that is compressed twice, with `gzip` once in `Content-Encoding`.
 *
 * @publicApi
 */
export function doubleGzip(): FaultResponder {
  return gzipped(gzipSync(gzipSync(VALID_BODY)));
}

/**
 * Sends truncated gzip, which is a complete response for HTTP.
 *
 * @publicApi
 */
export function truncatedGzip(): FaultResponder {
  const whole = gzipSync(VALID_BODY);
  return gzipped(whole.subarray(0, whole.length / 2));
}

function gzipped(body: Buffer): FaultResponder {
  return status(200, { body, headers: { 'Content-Encoding': 'gzip' } });
}
