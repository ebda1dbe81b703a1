import { Module } from '@nestjs/common';
import { SharedStore } from './shared-store.js';

@Module({ providers: [SharedStore], exports: [SharedStore] })
export class SharedStoreModule {}
