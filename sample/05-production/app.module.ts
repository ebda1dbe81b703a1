import KeyvRedis from '@keyv/redis';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Keyv } from 'keyv';
import { type CacheOptions, ConnectorsModule, createRedisLease } from 'nestjs-base44-connectors';
import { ChannelsController } from './channels.controller.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ConnectorsModule.forRootAsync({
      exceptionFilter: { hideServerErrors: true },
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        appId: config.getOrThrow<string>('BASE44_APP_ID'),
        serviceToken: config.getOrThrow<string>('BASE44_SERVICE_TOKEN'),
        serverUrl: config.get<string>('BASE44_API_URL'),
        cache: createCacheOptions(config),
        verifyOnBootstrap: 'warn' as const,
      }),
    }),
  ],
  controllers: [ChannelsController],
})
export class AppModule {}

/** Without `REDIS_URL` each process has a cache of its own. */
function createCacheOptions(config: ConfigService): CacheOptions {
  const redisUrl = config.get<string>('REDIS_URL');
  if (redisUrl === undefined) return {};
  const redis = new KeyvRedis<string>(redisUrl);
  return {
    store: new Keyv(redis),
    encryptionKeys: config.getOrThrow<string>('CONNECTORS_KEYS').split(','),
    lease: createRedisLease(redis.client),
  };
}
