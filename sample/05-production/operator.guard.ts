import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

/** Asks the browser for the password of the operators. The user's name is `operator`. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(private readonly config: ConfigService) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const password = this.config.getOrThrow<string>('OPERATOR_PASSWORD');
    const expected = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;
    if (isEqual(http.getRequest<IncomingMessage>().headers.authorization ?? '', expected))
      return true;
    http.getResponse<ServerResponse>().setHeader('WWW-Authenticate', 'Basic realm="operators"');
    throw new UnauthorizedException();
  }
}

function isEqual(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
