import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Rejects changes that a page of another site requests, by the origin that browsers send. */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method = '', headers } = context.switchToHttp().getRequest<IncomingMessage>();
    return ['GET', 'HEAD'].includes(method) || isSameOrigin(headers.origin, headers.host);
  }
}

function isSameOrigin(origin = '', host = ''): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
