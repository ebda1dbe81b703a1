// reports.service.ts
import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { AgendaService } from './agenda.service.js';

@Injectable()
export class ReportsService {
  private readonly queue = new PQueue({ concurrency: 1 });

  constructor(private readonly agenda: AgendaService) {}

  // Without bind, the job can run as part of another user's request, and with that user's token.
  today() {
    return this.queue.add(AsyncResource.bind(() => this.agenda.today()));
  }
}
