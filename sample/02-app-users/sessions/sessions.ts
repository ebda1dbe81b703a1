import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { IncomingRequest } from 'nestjs-base44-connectors';

const COOKIE = 'app_users_session';

/** A user of the Base44 app. */
export interface AppUser {
  readonly name: string;
  /** The token that Base44 issued at sign-in. It never leaves the server. */
  readonly base44Token: string;
}

/** Keeps the signed-in users. The browser only knows a random id. */
@Injectable()
export class Sessions {
  readonly #users = new Map<string, AppUser>();

  /** @returns the cookie to set; add `Secure` to it where the application uses https */
  open(user: AppUser): string {
    const id = randomBytes(32).toString('base64url');
    this.#users.set(id, user);
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`;
  }

  /** @returns the cookie that deletes the browser's cookie */
  close(request: IncomingRequest): string {
    this.#users.delete(getSessionId(request));
    return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
  }

  find(request: IncomingRequest): AppUser | undefined {
    return this.#users.get(getSessionId(request));
  }
}

function getSessionId({ headers }: IncomingRequest): string {
  const { cookie = '' } = headers as IncomingHttpHeaders;
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookie)?.[1] ?? '';
}
