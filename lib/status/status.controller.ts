import { Controller, Get, Headers, Inject, Res, type Type, UseGuards } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DirectResponse } from '../direct.response.js';
import type { StatusRoutes } from '../interfaces/status-routes.interface.js';
import { hideFromDocuments } from '../openapi/hidden-controller.js';
import { renderStatusPage, STATUS_PAGE_POLICY } from './status.page.js';
import { StatusReporter } from './status.reporter.js';

/**
 * Creates the controller of the page for operators. It sends its responses itself, because global
 * interceptors could wrap, replace or cache returned values.
 *
 * @internal
 */
export function createStatusController({ path, guards }: StatusRoutes): Type {
  @Controller(path)
  @UseGuards(...guards)
  class StatusController {
    constructor(
      @Inject(StatusReporter) private readonly reporter: StatusReporter,
      @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    ) {}

    @Get()
    async status(@Headers('accept') accept: unknown, @Res() response: unknown): Promise<void> {
      const reply = new DirectResponse(this.host, response);
      const report = await this.reporter.create();
      if (acceptsPage(accept)) reply.sendPage(renderStatusPage(report), STATUS_PAGE_POLICY);
      else reply.send(report);
    }
  }
  hideFromDocuments(StatusController);
  return StatusController;
}

/** Browsers name HTML. Other clients get JSON. */
function acceptsPage(accept: unknown): boolean {
  return typeof accept === 'string' && accept.toLowerCase().includes('text/html');
}
