import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * The headers that prove to a broker who asks, and that nothing was changed on the way:
 * HMAC-SHA256 over method, path, timestamp, nonce and the hash of the body.
 *
 * @internal
 */
export function signatureHeaders(
  secret: string,
  url: string,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Date.now());
  const nonce = randomBytes(16).toString('base64url');
  const signed = ['POST', signedPathOf(url), timestamp, nonce, sha256(body)].join('\n');
  return {
    'X-Connectors-Timestamp': timestamp,
    'X-Connectors-Nonce': nonce,
    'X-Connectors-Signature': createHmac('sha256', secret).update(signed).digest('hex'),
  };
}

/** @internal */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What the two addresses of a Base44 function have in common. */
function signedPathOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname.slice(pathname.lastIndexOf('/functions/'));
}
