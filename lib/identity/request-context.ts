import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { Observable } from 'rxjs';
import { EnhancerBinding } from '../discovery/enhancer-binding.js';
import { findGateways, findMessageHandlers } from '../discovery/handlers.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { runInRequestContext } from './ambient-context.js';
import { trackHandshakes } from './handshakes.js';
import { IdentityReader } from './identity.reader.js';
import { getIncomingRequest } from './incoming-request.js';

/** What Fastify and Express offer, as far as it is needed here. */
interface FastifyLike {
  addHook(
    name: 'preHandler',
    hook: (request: IncomingRequest, reply: unknown, done: () => void) => void,
  ): void;
}

/**
 * Makes the request that is being handled known to whatever it causes, so that singleton
 * services need not be told: around all that follows the parsing of the body in HTTP,
 * GraphQL included, and around the handlers of gateways and microservices.
 *
 * @internal
 */
@Injectable()
export class RequestContext implements NestInterceptor, OnModuleDestroy {
  readonly #host: HttpAdapterHost;
  readonly #isWanted: boolean;
  readonly #binding: EnhancerBinding;
  readonly #endNoting: (() => void)[];

  constructor(
    @Inject(IdentityReader) { readsRequests }: IdentityReader,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    this.#host = host;
    this.#isWanted = readsRequests;
    const gateways = readsRequests ? findGateways(modules) : [];
    const handlers = readsRequests ? findMessageHandlers(modules) : [];
    this.#binding = new EnhancerBinding('interceptor', this, [...gateways, ...handlers]);
    this.#endNoting = gateways.map(({ prototype }) => trackHandshakes(prototype as object));
  }

  /** For handlers of gateways and microservices. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = getIncomingRequest(context);
    // What a handler returns may be an observable, which begins when Nest subscribes.
    return new Observable((subscriber) =>
      runInRequestContext(request, () => next.handle().subscribe(subscriber)),
    );
  }

  /** For HTTP. Called when bodies are parsed already, whose streams would lose the context, and routes not yet registered. */
  mountHttp(): void {
    const { httpAdapter: adapter } = this.#host;
    if (!this.#isWanted) return;
    if (adapter.getType() === 'fastify') {
      adapter.getInstance<FastifyLike>().addHook('preHandler', (request, _, done) => {
        runInRequestContext(request, done);
      });
    } else {
      adapter.use((request: IncomingRequest, _: unknown, next: () => void) => {
        runInRequestContext(request, next);
      });
    }
  }

  onModuleDestroy(): void {
    this.#binding.remove();
    for (const end of this.#endNoting) end();
  }
}
