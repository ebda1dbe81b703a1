// posts.service.ts
import { Injectable } from '@nestjs/common';
import { ConnectorsService, InjectConnectors } from 'nestjs-base44-connectors';

@Injectable()
export class PostsService {
  constructor(
    private readonly connectors: ConnectorsService,
    @InjectConnectors('crm') private readonly crm: ConnectorsService,
  ) {}

  // Metered connectors hand out no token; Base44 calls the provider.
  async latest() {
    const { data } = await this.connectors.callApi<{ posts: string[] }>('x', {
      path: '/2/tweets',
      query: { max_results: 10 },
    });
    return data?.posts ?? [];
  }

  async hubspot() {
    const { accessToken } = await this.crm.getConnection('hubspot');
    return accessToken;
  }

  // Calling the provider yourself, and it says 401: the next call asks Base44 then.
  forget() {
    return this.connectors.invalidate('slack');
  }
}
