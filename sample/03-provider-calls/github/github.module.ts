import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { GitHubController } from './github.controller.js';

@Module({ controllers: [GitHubController] })
export class GitHubModule {
  /** @param baseURL - of a stand-in; a real application needs no `forFeature` for `@ConnectorHttp()` */
  static register(baseURL: string): DynamicModule {
    return {
      module: GitHubModule,
      imports: [ConnectorsModule.forFeature([{ connector: 'github', baseURL }])],
    };
  }
}
