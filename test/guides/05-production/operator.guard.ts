// operator.guard.ts
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

interface SignedInRequest {
  readonly user?: { readonly role: string };
}

// A placeholder for your own guard. It admits only operators.
@Injectable()
export class OperatorGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    return context.switchToHttp().getRequest<SignedInRequest>().user?.role === 'operator';
  }
}
