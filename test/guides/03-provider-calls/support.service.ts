// support.service.ts
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { InjectConnectorHttp } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

@Injectable()
export class SupportService {
  constructor(
    @InjectConnectorHttp('slack') private readonly slack: HttpService,
    @InjectConnectorHttp({ workspaceConnector: '66f0c2a41d' })
    private readonly zendesk: HttpService,
  ) {}

  async announce(text: string) {
    const message = { channel: '#support', text };
    const { data } = await firstValueFrom(
      this.slack.post<{ ok: boolean }>('/chat.postMessage', message),
    );
    return data.ok;
  }

  async tickets() {
    const { data } = await firstValueFrom(
      this.zendesk.get<{ tickets: unknown[] }>('/tickets.json'),
    );
    return data.tickets;
  }
}
