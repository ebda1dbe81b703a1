import { randomBytes, randomUUID } from 'node:crypto';

/**
 * A user of the emulated app, with the token that stands for their session.
 *
 * @publicApi
 */
export interface EmulatedAppUser {
  readonly id: string;
  /** Shaped like the JWT that Base44 gives its users; signed by nobody. */
  readonly token: string;
}

/** The users of the emulated app and the tokens they are known by. */
export class AppUsers {
  readonly #byToken = new Map<string, EmulatedAppUser>();

  /** Signs a user in. Signing in again gives another token; both are good. */
  add(id: string, appId: string): EmulatedAppUser {
    const user = Object.freeze({ id, token: sessionToken(id, appId) });
    this.#byToken.set(user.token, user);
    return user;
  }

  withToken(token: string | undefined): EmulatedAppUser | undefined {
    return token === undefined ? undefined : this.#byToken.get(token);
  }
}

function sessionToken(userId: string, appId: string): string {
  const header = { alg: 'HS256', typ: 'JWT' };
  const payload = { sub: userId, app_id: appId, jti: randomUUID() };
  const signature = randomBytes(32).toString('base64url');
  return [...[header, payload].map(encoded), signature].join('.');
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
