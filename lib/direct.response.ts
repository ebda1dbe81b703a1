import { HttpStatus } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

type HttpAdapter = HttpAdapterHost['httpAdapter'];

/**
 * Sends the response of a route that has no return value. Global interceptors could wrap, replace or
 * cache a returned value.
 *
 * @internal
 */
export class DirectResponse {
  readonly #adapter: HttpAdapter;
  readonly #response: unknown;

  /** @param response - the response of Express or Fastify. An error that it sends is not cached either. */
  constructor({ httpAdapter }: HttpAdapterHost, response: unknown) {
    this.#adapter = httpAdapter;
    this.#response = response;
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
  }

  redirect(url: string): void {
    if (this.#isSent()) return;
    this.#adapter.redirect(this.#response, HttpStatus.FOUND, url);
  }

  /** @param policy - the Content-Security-Policy */
  sendPage(html: string, policy: string): void {
    if (this.#isSent()) return;
    this.#adapter.setHeader(this.#response, 'Content-Type', 'text/html; charset=utf-8');
    this.#adapter.setHeader(this.#response, 'Content-Security-Policy', policy);
    this.#adapter.setHeader(this.#response, 'X-Content-Type-Options', 'nosniff');
    this.#adapter.reply(this.#response, html, HttpStatus.OK);
  }

  /** @param body - an object. Without one, the status is 204 */
  send(body?: object): void {
    if (this.#isSent()) return;
    const status = body === undefined ? HttpStatus.NO_CONTENT : HttpStatus.OK;
    this.#adapter.reply(this.#response, body, status);
  }

  /** An interceptor may have responded meanwhile, because of a timeout. */
  #isSent(): boolean {
    return this.#adapter.isHeadersSent(this.#response) === true;
  }
}
