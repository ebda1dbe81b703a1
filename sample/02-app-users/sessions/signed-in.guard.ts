import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingRequest } from 'nestjs-base44-connectors';
import { Sessions } from './sessions.js';

@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(private readonly sessions: Sessions) {}

  canActivate(context: ExecutionContext): boolean {
    this.sessions.requireUser(context.switchToHttp().getRequest<IncomingRequest>());
    return true;
  }
}
