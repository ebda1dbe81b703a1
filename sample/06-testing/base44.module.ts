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
      }),
    }),
  ],
})
export class Base44Module {}
