import { type DynamicModule, Module } from '@nestjs/common';
import { LocalWorld } from './local-world.js';

@Module({})
export class LocalWorldModule {
  /** Nest closes the world when the application ends. */
  static register(world: LocalWorld): DynamicModule {
    return {
      module: LocalWorldModule,
      global: true,
      providers: [{ provide: LocalWorld, useValue: world }],
      exports: [LocalWorld],
    };
  }
}
