// hosted.module.ts
import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({
      useFactory: () => ({
        appId: process.env.BASE44_APP_ID!,
        serverUrl: process.env.BASE44_API_URL!,
        request: { base44Headers: true },
      }),
    }),
  ],
})
export class HostedModule {}
