// sdk-client.module.ts
import { createClient } from '@base44/sdk';
import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';

@Module({
  imports: [
    ConnectorsModule.forRootAsync({
      useFactory: () => ({
        appId: process.env.BASE44_APP_ID!,
        client: createClient({
          appId: process.env.BASE44_APP_ID!,
          serviceToken: process.env.BASE44_SERVICE_TOKEN!,
          serverUrl: process.env.BASE44_API_URL!,
        }),
      }),
    }),
  ],
})
export class SdkClientModule {}
