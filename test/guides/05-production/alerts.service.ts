// alerts.service.ts
import { Injectable } from '@nestjs/common';
import { type ConnectorEvent, ConnectorsService, OnConnectorEvent } from 'nestjs-base44-connectors';

@Injectable()
export class AlertsService {
  constructor(private readonly connectors: ConnectorsService) {}

  @OnConnectorEvent('reauthorization_required')
  @OnConnectorEvent('not_connected')
  async alert({ type, connector }: ConnectorEvent): Promise<void> {
    // An alert about Slack cannot be sent over Slack. The log has it.
    if (connector === 'slack') return;
    await this.connectors.fetch('slack', '/chat.postMessage', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ channel: '#operations', text: `${connector}: ${type}` }),
    });
  }
}
