import { createHmac, randomBytes } from 'node:crypto';
import { sha256 } from '../common/hash.js';
import type { BrokerOptions } from '../interfaces/connectors-module-options.interface.js';

/**
 * Signs requests to a broker with HMAC-SHA256 over the method, path, timestamp, nonce and
 * hash of the body. The signature proves the sender, and that nothing was changed in transit.
 *
 * @internal
 */
export class BrokerSigner {
  readonly #secret: string;
  readonly #path: string;

  constructor({ url, secret }: BrokerOptions) {
    this.#secret = secret;
    this.#path = getSignedPath(url);
  }

  /** Returns the headers that carry the signature of a body. */
  sign(body: string): Record<string, string> {
    const timestamp = String(Date.now());
    const nonce = randomBytes(16).toString('base64url');
    const signed = ['POST', this.#path, timestamp, nonce, sha256(body, 'hex')].join('\n');
    return {
      'X-Connectors-Timestamp': timestamp,
      'X-Connectors-Nonce': nonce,
      'X-Connectors-Signature': createHmac('sha256', this.#secret).update(signed).digest('hex'),
    };
  }
}

/** Returns the part of the path that both addresses of a Base44 function have in common. */
function getSignedPath(url: string): string {
  const { pathname } = new URL(url);
  return pathname.slice(pathname.lastIndexOf('/functions/'));
}
