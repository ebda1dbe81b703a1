import { Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { LocalWorld } from './local-world.js';
import { WayController } from './way.controller.js';

const world = await LocalWorld.start();
const { appId } = world.base44;

@Module({
  imports: [
    // The application has no service token. It knows the broker's URL and shares a secret with it.
    ConnectorsModule.forRoot({
      appId,
      broker: { url: world.brokerUrl, secret: world.brokerSecret },
    }),
    // A second instance shows how the broker rejects a signature.
    ConnectorsModule.forRoot({
      name: 'wrong-secret',
      appId,
      broker: { url: world.brokerUrl, secret: 'not-the-secret-of-the-broker-at-all' },
    }),
  ],
  controllers: [WayController],
  providers: [{ provide: LocalWorld, useValue: world }],
})
export class AppModule {}
