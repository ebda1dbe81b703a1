import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

/** Other sites' pages may link here, but change nothing: browsers say where such a request comes from. */
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
