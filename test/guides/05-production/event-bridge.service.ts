// event-bridge.service.ts
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ConnectorsService } from 'nestjs-base44-connectors';

@Injectable()
export class EventBridgeService implements OnModuleInit {
  constructor(
    private readonly connectors: ConnectorsService,
    private readonly emitter: EventEmitter2,
  ) {}

  onModuleInit(): void {
    this.connectors.events$.subscribe((event) => {
      this.emitter.emit(`connectors.${event.type}`, event);
    });
  }
}
