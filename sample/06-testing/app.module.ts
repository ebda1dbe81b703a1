import { Module } from '@nestjs/common';
import { AgendaService } from './agenda.service.js';
import { Base44Module } from './base44.module.js';
import { ChannelsController } from './channels.controller.js';
import { MembersController } from './members.controller.js';

@Module({
  imports: [Base44Module],
  controllers: [ChannelsController, MembersController],
  providers: [AgendaService],
})
export class AppModule {}
