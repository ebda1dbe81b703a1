import { BadGatewayException, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ConnectorsService } from 'nestjs-base44-connectors';

const SLACK_API_URL = 'https://slack.com/api';

/** Gets the token of a connector in a service, which needs no request. */
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
      throw new BadGatewayException(`Slack responded with status ${response.status}`);
    }
    return response.json();
  }
}
