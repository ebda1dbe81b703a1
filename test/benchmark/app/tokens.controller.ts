import { createClient } from '@base44/sdk';
import { Controller, Get, Inject } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';
import { NoOp, Resolved } from './no-op.decorator.js';

export const SDK = Symbol('SDK');

/** The same response in five ways. */
@Controller()
export class TokensController {
  constructor(@Inject(SDK) private readonly sdk: ReturnType<typeof createClient>) {}

  @Get('plain')
  plain() {
    return { length: 'token'.length };
  }

  @Get('no-op')
  noOp(@NoOp() token: string) {
    return { length: token.length };
  }

  @Get('promise')
  promise(@Resolved() token: string) {
    return { length: token.length };
  }

  @Get('decorated')
  decorated(@ConnectorToken('slack') token: string) {
    return { length: token.length };
  }

  @Get('sdk')
  async callingSdk() {
    const { accessToken } = await this.sdk.asServiceRole.connectors.getConnection('slack');
    return { length: accessToken.length };
  }
}
