import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Header,
  Post,
  Redirect,
  Req,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import { LocalWorld } from '../local-world.js';
import { Sessions } from './sessions.js';

@Controller()
export class SessionController {
  constructor(
    private readonly world: LocalWorld,
    private readonly sessions: Sessions,
  ) {}

  /** Returns the name of the signed-in user, which may be `null`. */
  @Get('session')
  @Header('Cache-Control', 'no-store')
  session(@Req() request: IncomingMessage): { name: string | null } {
    return { name: this.sessions.find(request)?.name ?? null };
  }

  @Post('sign-in')
  @Redirect('/', 303)
  signIn(
    @Body('user') id: string,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    const user = this.world.signIn(id);
    if (!user) throw new UnauthorizedException('This user does not exist.');
    this.sessions.close(request);
    response.setHeader('Set-Cookie', this.sessions.open(user));
  }

  @Post('sign-out')
  @Redirect('/', 303)
  signOut(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    response.setHeader('Set-Cookie', this.sessions.close(request));
  }
}
