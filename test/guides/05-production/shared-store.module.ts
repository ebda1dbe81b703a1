// shared-store.module.ts
import KeyvRedis from '@keyv/redis';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Keyv } from 'keyv';
import { ConnectorsModule, createRedisLease } from 'nestjs-base44-connectors';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => {
        const redis = new KeyvRedis<string>(config.getOrThrow<string>('REDIS_URL'));
        return {
          appId: config.getOrThrow<string>('BASE44_APP_ID'),
          broker: {
            url: config.getOrThrow<string>('BASE44_BROKER_URL'),
            secret: config.getOrThrow<string>('BASE44_BROKER_SECRET'),
          },
          cache: {
            store: new Keyv(redis),
            encryptionKeys: config.getOrThrow<string>('CONNECTORS_KEYS').split(','),
            lease: createRedisLease(redis.client),
          },
        };
      },
    }),
  ],
})
export class SharedStoreModule {}
