import { Module } from '@nestjs/common';
import { SessionController } from './session.controller.js';
import { Sessions } from './sessions.js';

@Module({ controllers: [SessionController], providers: [Sessions], exports: [Sessions] })
export class SessionsModule {}
