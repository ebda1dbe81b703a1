// digest.processor.ts
import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { AgendaService } from './agenda.service.js';

@Processor('digests')
export class DigestProcessor extends WorkerHost {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly agenda: AgendaService,
  ) {
    super();
  }

  // AgendaService is written for requests. Here it acts for the user of the job.
  process(job: Job<{ userToken: string }>) {
    return this.connectors.runAs({ userToken: job.data.userToken }, () => this.agenda.today());
  }
}
