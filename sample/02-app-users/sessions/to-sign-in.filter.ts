import type { ServerResponse } from 'node:http';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  UnauthorizedException,
} from '@nestjs/common';

/** Sends who is not signed in to the page where they can. */
@Catch(UnauthorizedException)
export class ToSignInFilter implements ExceptionFilter {
  catch(_error: UnauthorizedException, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<ServerResponse>()
      .writeHead(303, { Location: '/sign-in' })
      .end();
  }
}
