import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { IncomingRequest } from 'nestjs-base44-connectors';
import type { AppUser } from '../local/local-world.js';

const COOKIE = 'app_users_session';

/** Who is signed in. The browser knows a random id, and the server what it stands for. */
@Injectable()
export class Sessions {
  readonly #users = new Map<string, AppUser>();

  /** @returns the cookie to set; behind https it would be `Secure` too */
  open(user: AppUser): string {
    const id = randomBytes(32).toString('base64url');
    this.#users.set(id, user);
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`;
  }

  /** @returns the cookie that removes the browser's */
  close(request: IncomingRequest): string {
    this.#users.delete(sessionIdIn(request));
    return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
  }

  userOf(request: IncomingRequest): AppUser | undefined {
    return this.#users.get(sessionIdIn(request));
  }

  /** @throws UnauthorizedException when nobody is signed in */
  requireUser(request: IncomingRequest): AppUser {
    const user = this.userOf(request);
    if (user === undefined) throw new UnauthorizedException('Sign in first.');
    return user;
  }
}

function sessionIdIn({ headers }: IncomingRequest): string {
  const { cookie = '' } = headers as IncomingHttpHeaders;
  return new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(cookie)?.[1] ?? '';
}
