import {
  type CanActivate,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpStatus,
  Inject,
  Param,
  Query,
  Redirect,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { AppUserConnections } from './connections/app-user-connections.js';
import { parseConnectorId } from './common/connector-ref.parser.js';
import { ConnectorsService } from './connectors.service.js';
import { ConnectorNotConnectedError } from './errors/connection.errors.js';
import { InvalidRequestError } from './errors/request.errors.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { IdentitySource } from './identity/identity.source.js';

/**
 * Routes by which the app's signed-in users connect accounts of their own.
 *
 * @publicApi
 */
export interface AppUserRoutes {
  /**
   * Where the routes stand: `GET {path}/:connectorId`, `GET {path}/:connectorId/connect` and
   * `DELETE {path}/:connectorId`.
   *
   * @default 'connectors'
   */
  readonly path?: string | undefined;
  /**
   * Guards of these routes. What guard classes inject must be global, or among the `imports`
   * or `extraProviders` of the module.
   */
  readonly guards?: readonly (Type<CanActivate> | CanActivate)[] | undefined;
  /**
   * The pages that `?returnTo=` of the connect route may name, to the letter: paths such as
   * `'/calendar'`, or absolute https URLs. Whoever has approved before is sent there.
   *
   * @default none
   */
  readonly returnTo?: readonly string[] | undefined;
}

/** Whether the signed-in user has connected a connector. */
interface ConnectorStatus {
  readonly connector: string;
  readonly connected: boolean;
}

/**
 * Makes the controller of these routes.
 *
 * @throws {@link ConnectorsConfigurationError} when `returnTo` holds what is no path and no https URL
 * @internal
 */
export function createAppUserController({
  path = 'connectors',
  guards = [],
  returnTo: allowed = [],
}: AppUserRoutes): Type {
  checkPages(allowed);

  @Controller(path)
  @UseGuards(...guards)
  class AppUserController {
    constructor(
      @Inject(ConnectorsService) private readonly connectors: ConnectorsService,
      @Inject(AppUserConnections) private readonly appUsers: AppUserConnections,
      @Inject(IdentitySource) private readonly actor: IdentitySource,
    ) {
      if (!actor.isStatic) return;
      throw new ConnectorsConfigurationError(
        'appUserRoutes knows no users. Say where their tokens are: request: { appUserToken }.',
      );
    }

    @Get(':connectorId/connect')
    @Redirect()
    @Header('Cache-Control', 'no-store')
    async connect(
      @Param('connectorId') connectorId: string,
      @Query('returnTo') returnTo?: unknown,
    ): Promise<{ readonly url: string }> {
      const id = parseConnectorId(connectorId);
      const page = checkedPage(returnTo, allowed);
      const started = await this.appUsers.connect(id, this.actor.identity());
      const isDone = started.isAlreadyAuthorized && page !== undefined;
      return { url: isDone ? page : started.redirectUrl };
    }

    @Get(':connectorId')
    @Header('Cache-Control', 'no-store')
    async status(@Param('connectorId') connectorId: string): Promise<ConnectorStatus> {
      const connected = await this.connectors
        .getCurrentAppUserConnection(connectorId, { fresh: true })
        .then(() => true, falseIfNotConnected);
      return { connector: connectorId, connected };
    }

    @Delete(':connectorId')
    @HttpCode(HttpStatus.NO_CONTENT)
    async disconnect(@Param('connectorId') connectorId: string): Promise<void> {
      await this.connectors.disconnectAppUser(connectorId).catch(falseIfNotConnected);
    }
  }
  return AppUserController;
}

function falseIfNotConnected(error: unknown): false {
  if (error instanceof ConnectorNotConnectedError) return false;
  throw error;
}

function checkedPage(page: unknown, allowed: readonly string[]): string | undefined {
  if (page === undefined) return undefined;
  const known = allowed.find((one) => one === page);
  if (known !== undefined) return known;
  throw new InvalidRequestError(
    'returnTo names a page that is not allowed. List it in appUserRoutes.returnTo.',
  );
}

function checkPages(pages: readonly string[]): void {
  const wrong = pages.find((page) => !/^(https:\/\/[^\s\\]+|\/(?![/\\])[^\s\\]*)$/.test(page));
  if (wrong === undefined) return;
  throw new ConnectorsConfigurationError(
    `appUserRoutes.returnTo holds '${wrong}', which is neither a path such as '/calendar' ` +
      'nor an absolute https URL.',
  );
}
