// shared-store.module.ts
import { createKeyv } from '@keyv/redis';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ConnectorsModule } from 'nestjs-base44-connectors';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        broker: {
          url: config.getOrThrow<string>('BASE44_BROKER_URL'),
          secret: config.getOrThrow<string>('BASE44_BROKER_SECRET'),
        },
        cache: {
          store: createKeyv(config.getOrThrow<string>('REDIS_URL')),
          encryptionKeys: config.getOrThrow<string>('CONNECTORS_KEYS').split(','),
        },
      }),
    }),
  ],
})
export class SharedStoreModule {}
