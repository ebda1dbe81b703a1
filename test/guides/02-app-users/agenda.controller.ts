// agenda.controller.ts
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';
import { AgendaService } from './agenda.service.js';
import { SessionGuard } from './session.guard.js';

@Controller('agenda')
@UseGuards(SessionGuard)
export class AgendaController {
  constructor(private readonly agenda: AgendaService) {}

  // The token of the user who sent this request.
  @Get('connected')
  connected(
    @ConnectorToken({ appUserConnector: '66f0c2a41d' }, { optional: true }) token: string | null,
  ) {
    return { connected: token !== null };
  }

  @Get()
  today() {
    return this.agenda.today();
  }
}
