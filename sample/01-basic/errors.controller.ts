import { Controller, Get } from '@nestjs/common';
import { ConnectorsService, ConnectorToken } from 'nestjs-base44-connectors';

/**
 * Causes each error once, so that you see the exception filter's response.
 * In local mode `local-world.ts` scripts these failures in the emulator.
 */
@Controller('errors')
export class ErrorsController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('not-connected')
  notConnected(@ConnectorToken('notion') token: string): string {
    return token;
  }

  @Get('not-connected-but-optional')
  optional(@ConnectorToken('notion', { optional: true }) token: string | null): object {
    return { connected: token !== null };
  }

  @Get('metered')
  metered(@ConnectorToken('x') token: string): string {
    return token;
  }

  @Get('credits-exhausted')
  creditsExhausted(): Promise<unknown> {
    return this.connectors.callApi('x', { path: '/2/tweets' });
  }

  @Get('rate-limited')
  rateLimited(@ConnectorToken('github') token: string): string {
    return token;
  }

  @Get('unavailable')
  unavailable(@ConnectorToken('hubspot') token: string): string {
    return token;
  }

  @Get('unexpected-response')
  unexpectedResponse(@ConnectorToken('linkedin') token: string): string {
    return token;
  }

  @Get('service-role-rejected')
  serviceRoleRejected(@ConnectorToken('dropbox') token: string): string {
    return token;
  }

  @Get('service-role-required')
  serviceRoleRequired(
    @ConnectorToken('slack', { instance: 'unconfigured' }) token: string,
  ): string {
    return token;
  }

  @Get('invalid-connector')
  invalidConnector(): Promise<unknown> {
    return this.connectors.getAccessToken('../secrets');
  }

  @Get('invalid-request')
  invalidRequest(): Promise<unknown> {
    return this.connectors.callApi('x', { path: '' });
  }
}
