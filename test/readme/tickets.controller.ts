// tickets.controller.ts
import { Controller, Get } from '@nestjs/common';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';

@Controller('tickets')
export class TicketsController {
  // The whole connection, for APIs whose address depends on the account.
  @Get('account')
  account(@ConnectorConnection('snowflake') connection: ConnectorConnection) {
    return { subdomain: connection.connectionConfig?.subdomain };
  }

  // null instead of an error when nobody has connected it.
  @Get('notion')
  notion(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return { connected: token !== null };
  }

  // A connector that the workspace registered with an OAuth app of its own.
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
