import { Module } from '@nestjs/common';
import { AgendaService } from './agenda.service.js';
import { Base44Module } from './base44.module.js';
import { ChannelsController } from './channels.controller.js';

@Module({
  imports: [Base44Module],
  controllers: [ChannelsController],
  providers: [AgendaService],
})
export class AppModule {}
