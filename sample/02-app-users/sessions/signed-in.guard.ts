import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { IncomingRequest } from 'nestjs-base44-connectors';
import { Sessions } from './sessions.js';

@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    if (this.sessions.find(request)) return true;
    throw new UnauthorizedException('Sign in first.');
  }
}
