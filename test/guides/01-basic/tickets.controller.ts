// tickets.controller.ts
import { Controller, Get } from '@nestjs/common';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';

@Controller('tickets')
export class TicketsController {
  // The whole connection: the URLs of some APIs depend on the account.
  @Get('account')
  account(@ConnectorConnection('snowflake') connection: ConnectorConnection) {
    return { subdomain: connection.connectionConfig?.subdomain };
  }

  // null instead of an error when the connector is not connected.
  @Get('notion')
  notion(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return { connected: token !== null };
  }

  // A connector that the workspace registered with its own OAuth app.
  @Get('warehouse')
  warehouse(@ConnectorToken({ workspaceConnector: '66f0c2a41d' }) token: string) {
    return { connected: token !== '' };
  }

  // Another Base44 app: ConnectorsModule.forRoot({ name: 'crm', … }).
  @Get('crm')
  crm(@ConnectorToken('hubspot', { instance: 'crm' }) token: string) {
    return { connected: token !== '' };
  }
}
