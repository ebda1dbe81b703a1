import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ConnectorsService } from 'nestjs-base44-connectors';

const SLACK_API_URL = 'https://slack.com/api';

/** The token of a connector, in a service that has no request at hand. */
@Injectable()
export class SlackService {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly config: ConfigService,
  ) {}

  async channels(): Promise<unknown> {
    const { access_token } = await this.connectors.getAccessToken('slack');
    const baseUrl = this.config.get<string>('SLACK_API_URL', SLACK_API_URL);
    const response = await fetch(`${baseUrl}/conversations.list`, {
      headers: { Authorization: `Bearer ${access_token}` },
    });
    if (!response.ok) {
      throw new BadGatewayException(`Slack answered with status ${response.status}`);
    }
    return response.json();
  }
}
