/** Verifies the requests of the backend, and reads their bodies. Uses Web standards only. */

const MAX_BODY_BYTES = 1_048_576;
const CLOCK_WINDOW_MS = 300_000;
const MIN_SECRET_LENGTH = 32;
const FUNCTION_PATH = '/functions/connectors-broker';

/** The rejection of a request, with the status and the code of the response. */
export class Rejection extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

/**
 * Returns the body of a request whose signature is valid. The signature covers the method, the host,
 * the path, the time, the nonce and the hash of the body.
 */
export async function readVerifiedBody(
  request: Request,
  secret: (name: string) => string | undefined,
  nonces: Map<string, number>,
): Promise<Record<string, unknown>> {
  const keys = ['CONNECTORS_BROKER_SECRET', 'CONNECTORS_BROKER_PREVIOUS_SECRET']
    .map(secret)
    .filter((key): key is string => key !== undefined && key.length >= MIN_SECRET_LENGTH);
  if (keys.length === 0) throw new Rejection(500, 'broker_not_configured');
  const [timestamp, nonce, signature] = readSignature(request.headers);
  const body = await readBody(request);
  const end = [getPath(request), timestamp, nonce, await sha256(body)];
  const texts = getHosts(request, secret('CONNECTORS_BROKER_HOSTS')).map((host) =>
    [request.method, host, ...end].join('\n'),
  );
  const checks = keys.flatMap((key) => texts.map((text) => verify(key, signature, text)));
  const isValid = (await Promise.all(checks)).includes(true);
  if (!isValid) throw new Rejection(401, 'broker_signature_invalid');
  checkFreshness(Number(timestamp), nonce, nonces);
  return parseJson(new TextDecoder().decode(body));
}

function readSignature(headers: Headers): [timestamp: string, nonce: string, signature: string] {
  const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map(
    (name) => headers.get(`x-connectors-${name}`) ?? '',
  ) as [string, string, string];
  const isWellFormed =
    /^\d{13}$/.test(timestamp) && /^[\w-]{22}$/.test(nonce) && /^[0-9a-f]{64}$/.test(signature);
  if (!isWellFormed) throw new Rejection(401, 'broker_signature_invalid');
  return [timestamp, nonce, signature];
}

/** Returns the hosts of this function: those of its settings, or the one at which the request arrived. */
function getHosts({ url }: Request, hosts = ''): string[] {
  const named = hosts.split(',').map((host) => host.trim().toLowerCase());
  return hosts === '' ? [new URL(url).host] : named;
}

/** Returns the path with which both addresses of a Base44 function end. */
function getPath(request: Request): string {
  const { pathname } = new URL(request.url);
  const start = pathname.lastIndexOf('/functions/');
  return start === -1 ? FUNCTION_PATH : pathname.slice(start);
}

function checkFreshness(timestampMs: number, nonce: string, nonces: Map<string, number>): void {
  const now = Date.now();
  if (Math.abs(now - timestampMs) > CLOCK_WINDOW_MS) {
    throw new Rejection(401, 'broker_clock_skew', { now });
  }
  for (const [old, expiresAtMs] of nonces) {
    if (expiresAtMs >= now) break;
    nonces.delete(old);
  }
  if (nonces.has(nonce)) throw new Rejection(401, 'broker_replayed');
  nonces.set(nonce, now + 2 * CLOCK_WINDOW_MS);
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Rejection(413, 'broker_body_too_large');
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Rejection(400, 'broker_bad_request');
  }
}

/** Uses `crypto.subtle.verify` because its duration does not depend on the signature. */
async function verify(secret: string, signature: string, text: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const secretBytes = encoder.encode(secret);
  const key = await crypto.subtle.importKey('raw', secretBytes, algorithm, false, ['verify']);
  const bytes = Uint8Array.from(signature.matchAll(/../g), ([hex]) => parseInt(hex, 16));
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text));
}

export async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
