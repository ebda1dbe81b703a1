// posts.service.ts
import { Injectable } from '@nestjs/common';
import { ConnectorsService, InjectConnectors } from 'nestjs-base44-connectors';

@Injectable()
export class PostsService {
  constructor(
    private readonly connectors: ConnectorsService,
    @InjectConnectors('crm') private readonly crm: ConnectorsService,
  ) {}

  // A metered connector has no token: Base44 calls the provider.
  async latest() {
    const { data } = await this.connectors.callApi<{ posts: string[] }>('x', {
      path: '/2/tweets',
      query: { max_results: 10 },
    });
    return data?.posts ?? [];
  }

  // The second instance.
  async hubspot() {
    const { accessToken } = await this.crm.getConnection('hubspot');
    return accessToken;
  }

  // The provider rejected a token that you sent yourself: the next call requests a new one.
  forget(rejectedToken: string) {
    return this.connectors.invalidate('slack', rejectedToken);
  }
}
