import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts entries of the shared store (AES-256-GCM, NIST SP 800-38D). The name
 * of an entry is authenticated with it, so that none can stand in for another.
 *
 * @internal
 */
export class EntryCipher {
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #newest: string;

  /** @param keys - 32 bytes each, in base64; the first one encrypts, all decrypt */
  constructor(keys: readonly string[]) {
    const entries = keys
      .map((key) => Buffer.from(key, 'base64'))
      .map((key) => [idOf(key), key] as const);
    this.#keys = new Map(entries);
    this.#newest = entries[0]?.[0] ?? '';
  }

  encrypt(name: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key(this.#newest), iv);
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
    return `${this.#newest}.${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')}`;
  }

  /** @throws when it was encrypted with another key, for another name, or changed since */
  decrypt(name: string, entry: string): string {
    const [keyId = '', body = ''] = entry.split('.', 2);
    const sealed = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, this.#key(keyId), sealed.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }

  #key(id: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error('the entry was encrypted with an unknown key');
    return key;
  }
}

/** Names a key without telling it. */
function idOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
