// errors.service.ts
import { Injectable } from '@nestjs/common';
import { ConnectorsService, isConnectorsError } from 'nestjs-base44-connectors';

@Injectable()
export class ErrorsService {
  constructor(private readonly connectors: ConnectorsService) {}

  async slackState() {
    try {
      await this.connectors.getConnection('slack', { fresh: true });
      return 'connected';
    } catch (error) {
      if (!isConnectorsError(error)) throw error;
      if (error.code === 'CONNECTOR_NOT_CONNECTED') return 'not connected';
      return error.retryable ? 'try again later' : 'broken';
    }
  }
}
