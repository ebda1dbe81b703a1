import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sha256 } from '../../common/hash.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 8;

/** The key of an unknown identifier. The algorithm rejects it, because of its length. */
const NO_KEY = Buffer.alloc(0);

/**
 * Encrypts the entries of the shared store (AES-256-GCM, NIST SP 800-38D). The name of an entry is
 * authenticated with it, so no entry can replace another.
 *
 * @internal
 */
export class EntryCipher {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #newestKeyId: string;

  /** @param keys - 32 bytes each, in base64; the first key encrypts, and all keys decrypt */
  constructor(keys: readonly string[]) {
    const entries = keys
      .map((key) => Buffer.from(key, 'base64'))
      .map((key) => [getKeyId(key), key] as const);
    this.#keys = new Map(entries);
    [this.#newestKeyId = ''] = this.#keys.keys();
  }

  encrypt(name: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#getKey(this.#newestKeyId), iv);
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([iv, cipher.update(Buffer.from(text)), cipher.final()]);
    const body = Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
    return `${this.#newestKeyId}.${body}`;
  }

  /** @throws when the entry has an unknown key or another name, or has been changed */
  decrypt(name: string, entry: string): string {
    const keyId = entry.slice(0, KEY_ID_LENGTH);
    const sealed = Buffer.from(entry.slice(KEY_ID_LENGTH + 1), 'base64url');
    const iv = sealed.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#getKey(keyId), iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString();
  }

  #getKey(id: string): Buffer {
    return this.#keys.get(id) ?? NO_KEY;
  }
}

/** Returns an identifier of a key that does not reveal the key. */
function getKeyId(key: Buffer): string {
  return sha256(key, 'hex').slice(0, KEY_ID_LENGTH);
}
