import { HttpService } from '@nestjs/axios';
import { HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { isAxiosError } from 'axios';
import { InjectConnectorHttp } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

@Injectable()
export class SlackService {
  constructor(@InjectConnectorHttp('slack') private readonly http: HttpService) {}

  async channels(): Promise<string[]> {
    const { data } = await firstValueFrom(
      this.http.get<{ channels: { name: string }[] }>('/conversations.list'),
    );
    return data.channels.map(({ name }) => name);
  }

  /** @throws HttpException when Slack fails, because a POST is not repeated then */
  async post(text: string): Promise<void> {
    const message = { channel: '#releases', text };
    try {
      await firstValueFrom(this.http.post('/chat.postMessage', message));
    } catch (error) {
      if (!isAxiosError(error) || error.response?.status !== 503) throw error;
      throw new HttpException('Slack is unavailable', HttpStatus.SERVICE_UNAVAILABLE);
    }
  }
}
