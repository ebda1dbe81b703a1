import { randomBytes, randomUUID } from 'node:crypto';

/**
 * A signed-in user of the emulated app.
 *
 * @publicApi
 */
export interface EmulatedAppUser {
  readonly id: string;
  /** The session token. By default it has the shape of a Base44 JWT, with a random signature. */
  readonly token: string;
}

/** The characters that a token can have in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

/** The users of the emulated app by their session tokens. */
export class AppUserRegistry {
  readonly #byToken = new Map<string, EmulatedAppUser>();

  /** Signs a user in. Each further call for the same user adds another valid token. */
  add(id: string, appId: string, token = createSessionToken(id, appId)): EmulatedAppUser {
    if (!TOKEN.test(token)) {
      throw new TypeError('The session token must be printable ASCII without spaces.');
    }
    const user = Object.freeze({ id, token });
    this.#byToken.set(user.token, user);
    return user;
  }

  find(token: string | undefined): EmulatedAppUser | undefined {
    return token === undefined ? undefined : this.#byToken.get(token);
  }
}

function createSessionToken(userId: string, appId: string): string {
  const header = { alg: 'HS256', typ: 'JWT' };
  const payload = { sub: userId, app_id: appId, jti: randomUUID() };
  const signature = randomBytes(32).toString('base64url');
  return [...[header, payload].map(encode), signature].join('.');
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
