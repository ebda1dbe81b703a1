import { createHmac, randomBytes } from 'node:crypto';
import { sha256 } from '../common/hash.js';
import type { BrokerOptions } from '../interfaces/connectors-module-options.interface.js';

/**
 * Signs requests to a broker with HMAC-SHA256 over the method, host, path, timestamp, nonce
 * and hash of the body. The signature proves the sender, and that nothing was changed in transit.
 * The host is the one of `broker.url`, so a request for one broker is invalid at another.
 *
 * @internal
 */
export class BrokerSigner {
  readonly #secret: string;
  readonly #target: readonly [host: string, path: string];

  constructor({ url, secret }: BrokerOptions) {
    this.#secret = secret;
    this.#target = getSignedTarget(url);
  }

  /** Returns the headers that carry the signature of a body. */
  sign(body: string): Record<string, string> {
    const timestamp = String(Date.now());
    const nonce = randomBytes(16).toString('base64url');
    const signed = ['POST', ...this.#target, timestamp, nonce, sha256(body, 'hex')].join('\n');
    return {
      'X-Connectors-Timestamp': timestamp,
      'X-Connectors-Nonce': nonce,
      'X-Connectors-Signature': createHmac('sha256', this.#secret).update(signed).digest('hex'),
    };
  }
}

/** Returns the host, and the part of the path that both addresses of a Base44 function have in common. */
function getSignedTarget(url: string): [host: string, path: string] {
  const { host, pathname } = new URL(url);
  return [host, pathname.slice(pathname.lastIndexOf('/functions/'))];
}
