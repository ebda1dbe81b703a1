import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, Post, Redirect, Req, Res, UnauthorizedException } from '@nestjs/common';
import { LocalWorld } from '../local/local-world.js';
import { Sessions } from './sessions.js';

@Controller()
export class SessionController {
  constructor(
    private readonly world: LocalWorld,
    private readonly sessions: Sessions,
  ) {}

  @Post('sign-in')
  @Redirect('/calendar', 303)
  signIn(
    @Body('user') id: string,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    const user = this.world.userNamed(id);
    if (user === undefined) throw new UnauthorizedException('Nobody is called so.');
    this.sessions.close(request);
    response.setHeader('Set-Cookie', this.sessions.open(user));
  }

  @Post('sign-out')
  @Redirect('/sign-in', 303)
  signOut(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
  ): void {
    response.setHeader('Set-Cookie', this.sessions.close(request));
  }
}
