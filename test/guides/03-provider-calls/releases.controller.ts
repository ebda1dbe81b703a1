// releases.controller.ts
import type { calendar_v3 } from '@googleapis/calendar';
import type { Octokit } from '@octokit/core';
import { Controller, Get, Post } from '@nestjs/common';
import { ConnectorClient } from 'nestjs-base44-connectors';
import { ReleasesService } from './releases.service.js';

@Controller('releases')
export class ReleasesController {
  constructor(private readonly releases: ReleasesService) {}

  // In a handler, a client acts for the sender of the request.
  @Get()
  async dates(
    @ConnectorClient({ appUserConnector: '66f0c2a41f' }) calendar: calendar_v3.Calendar,
    @ConnectorClient('github') github: Octokit,
  ) {
    const { data: repositories } = await github.request('GET /user/repos');
    const { data: events } = await calendar.events.list({ calendarId: 'primary' });
    return { repositories: repositories.map(({ name }) => name), events: events.items };
  }

  @Post()
  announce() {
    return this.releases.announce();
  }
}
