import { Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class DigestService {
  constructor(private readonly connectors: ConnectorsService) {}

  async token(): Promise<string> {
    const { access_token } = await this.connectors.getAccessToken('slack');
    return access_token;
  }

  // The declaration of this file names the type that TypeScript infers.
  connection() {
    return this.connectors.getConnection('slack');
  }
}
