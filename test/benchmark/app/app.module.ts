import { createClient } from '@base44/sdk';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule, type RequestOptions } from 'nestjs-base44-connectors';
import { SDK, TokensController } from './tokens.controller.js';

interface Base44 {
  readonly appId: string;
  readonly serviceToken: string;
  readonly serverUrl: string;
  readonly request?: RequestOptions;
}

@Module({ controllers: [TokensController] })
export class AppModule {
  static for(base44: Base44): DynamicModule {
    return {
      module: AppModule,
      imports: [ConnectorsModule.forRoot(base44)],
      providers: [{ provide: SDK, useFactory: () => createClient(base44) }],
    };
  }
}
