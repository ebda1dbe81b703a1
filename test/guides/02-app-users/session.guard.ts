// session.guard.ts
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

export interface SignedInRequest {
  readonly headers: { readonly cookie?: string };
  user?: { readonly base44Token: string };
}

// A placeholder for your own guard. It stores the user's Base44 token on the request.
@Injectable()
export class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const base44Token = request.headers.cookie?.match(/(?:^|; )base44_token=([^;]+)/)?.[1];
    if (base44Token !== undefined) request.user = { base44Token };
    return base44Token !== undefined;
  }
}
