import {
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Query,
  Res,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DirectResponse } from './direct.response.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { parseConnectorId } from './common/connector-ref.parser.js';
import { ConnectorsService } from './connectors.service.js';
import { isNotConnectedError } from './errors/connection.errors.js';
import { InvalidRequestError } from './errors/request.errors.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { IdentitySource } from './identity/identity.source.js';
import type { AppUserRoutes } from './interfaces/app-user-routes.interface.js';
import { documentAppUserRoutes } from './openapi/app-user-operations.js';

interface ConnectorStatus {
  readonly connector: string;
  /** Whether the signed-in user has connected the connector. */
  readonly connected: boolean;
}

/**
 * Creates the controller of the routes by which app users connect their accounts. It sends its
 * responses itself, because global interceptors could wrap, replace or cache returned values.
 *
 * @internal
 */
export function createAppUserController({
  path,
  guards = [],
  returnTo: allowedPages = [],
}: AppUserRoutes): Type {
  @Controller(path)
  @UseGuards(...guards)
  class AppUserController {
    constructor(
      @Inject(ConnectorsService) private readonly connectors: ConnectorsService,
      @Inject(AppUserConnections) private readonly appUsers: AppUserConnections,
      @Inject(IdentitySource) private readonly identitySource: IdentitySource,
      @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    ) {
      if (!identitySource.isStatic) return;
      throw new ConnectorsConfigurationError(
        'appUserRoutes needs the token of the signed-in user. Configure request: { appUserToken }, or request: { base44Cookie: true }.',
      );
    }

    @Get(':connectorId/connect')
    async connect(
      @Param('connectorId') connectorId: string,
      @Query('returnTo') returnTo: unknown,
      @Res() response: unknown,
    ): Promise<void> {
      const reply = new DirectResponse(this.host, response);
      const id = parseConnectorId(connectorId);
      const page = parsePage(returnTo, allowedPages);
      const initiated = await this.appUsers.connect(id, this.identitySource.getIdentity());
      const { isAlreadyAuthorized, redirectUrl } = initiated;
      const target = isAlreadyAuthorized && page !== undefined ? page : redirectUrl;
      if (target !== null) reply.redirect(target);
      else reply.send({ connector: id, connected: true } satisfies ConnectorStatus);
    }

    @Get(':connectorId')
    async status(
      @Param('connectorId') connectorId: string,
      @Res() response: unknown,
    ): Promise<void> {
      const reply = new DirectResponse(this.host, response);
      const connected = await this.connectors
        .getCurrentAppUserConnection(connectorId, { fresh: true })
        .then(() => true, toFalseIfNotConnected);
      reply.send({ connector: connectorId, connected } satisfies ConnectorStatus);
    }

    @Delete(':connectorId')
    async disconnect(
      @Param('connectorId') connectorId: string,
      @Res() response: unknown,
    ): Promise<void> {
      const reply = new DirectResponse(this.host, response);
      await this.connectors.disconnectAppUser(connectorId).catch(toFalseIfNotConnected);
      reply.send();
    }
  }
  documentAppUserRoutes(AppUserController.prototype, allowedPages);
  return AppUserController;
}

function toFalseIfNotConnected(error: unknown): false {
  if (isNotConnectedError(error)) return false;
  throw error;
}

function parsePage(page: unknown, allowedPages: readonly string[]): string | undefined {
  if (page === undefined) return undefined;
  const allowed = allowedPages.find((allowedPage) => allowedPage === page);
  if (allowed !== undefined) return allowed;
  throw new InvalidRequestError(
    'returnTo is not an allowed page. Add it to appUserRoutes.returnTo.',
  );
}
