import { Module } from '@nestjs/common';
import { LocalWorld } from './local-world.js';

@Module({
  providers: [{ provide: LocalWorld, useFactory: () => LocalWorld.start() }],
  exports: [LocalWorld],
})
export class LocalWorldModule {}
