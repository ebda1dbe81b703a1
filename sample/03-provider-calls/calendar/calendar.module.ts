import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { CalendarController } from './calendar.controller.js';
import { CalendarService } from './calendar.service.js';

@Module({ controllers: [CalendarController], providers: [CalendarService] })
export class CalendarModule {
  /** @param baseURL - of a stand-in; a real application needs no `forFeature` for `fetch` */
  static register(baseURL: string): DynamicModule {
    return {
      module: CalendarModule,
      imports: [ConnectorsModule.forFeature([{ connector: 'googlecalendar', baseURL }])],
    };
  }
}
