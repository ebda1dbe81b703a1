import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { LocalWorld } from './local/local-world.js';
import { LocalWorldModule } from './local/local-world.module.js';
import { WayController } from './way/way.controller.js';
import { WayService } from './way/way.service.js';

@Module({
  imports: [
    LocalWorldModule,
    // No service token: a broker's address, and the secret that is shared with it.
    ConnectorsModule.forRootAsync({
      imports: [LocalWorldModule],
      inject: [LocalWorld],
      useFactory: (world: LocalWorld) => ({
        appId: world.appId,
        broker: { url: world.brokerUrl, secret: world.brokerSecret },
      }),
    }),
  ],
  controllers: [WayController],
  providers: [WayService],
})
export class AppModule {}
