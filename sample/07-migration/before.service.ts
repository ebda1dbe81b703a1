import { type Base44Client, createClient } from '@base44/sdk';
import { BadGatewayException, Injectable, NotFoundException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

/** Lists the channels of Slack with a client of the SDK. */
@Injectable()
export class BeforeService {
  readonly #base44: Base44Client;

  constructor(private readonly config: ConfigService) {
    this.#base44 = createClient({
      appId: config.getOrThrow<string>('BASE44_APP_ID'),
      serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
      serverUrl: config.getOrThrow<string>('BASE44_API_URL'),
    });
  }

  async channels(): Promise<unknown> {
    const token = await this.#getToken();
    const slackUrl = this.config.getOrThrow<string>('SLACK_API_URL');
    const response = await fetch(`${slackUrl}/conversations.list`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
    return response.json();
  }

  async #getToken(): Promise<string> {
    try {
      // The SDK resolves with a string.
      return await this.#base44.asServiceRole.connectors.getAccessToken('slack');
    } catch {
      // The error of version 0.8.50 contains the service token, so it is not logged.
      throw new NotFoundException('Slack is not connected, or Base44 is unavailable');
    }
  }
}
