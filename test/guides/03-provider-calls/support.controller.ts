// support.controller.ts
import { HttpService } from '@nestjs/axios';
import { Controller, Get } from '@nestjs/common';
import { ConnectorHttp } from 'nestjs-base44-connectors';
import { map } from 'rxjs';

@Controller('support')
export class SupportController {
  // In a handler it acts for the sender of the request.
  @Get('repositories')
  repositories(@ConnectorHttp('github') github: HttpService) {
    return github.get<{ name: string }[]>('/user/repos').pipe(map(({ data }) => data));
  }
}
