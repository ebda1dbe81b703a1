import { Injectable } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';

/** The id of the connector in the Base44 workspace. */
export const CALENDAR = '66f0c2a41d';

@Injectable()
export class AgendaService {
  constructor(private readonly connectors: ConnectorsService) {}

  /** Returns the token of the signed-in user. */
  async token() {
    const { accessToken } = await this.connectors.getCurrentAppUserConnection(CALENDAR);
    return accessToken;
  }
}
