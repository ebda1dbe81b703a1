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
import { findGateways, findMessageHandlers, observeGateways } from '../discovery/handlers.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { runInRequestContext } from './current-request.js';
import { wrapGatewayHooks } from './handshakes.js';
import { IdentityReader } from './identity.reader.js';
import { getIncomingRequest } from './incoming-request.js';

/** The method of Fastify that this file calls. */
interface FastifyLike {
  addHook(
    name: 'preHandler',
    hook: (request: IncomingRequest, reply: unknown, done: () => void) => void,
  ): void;
}

/**
 * Makes the current request available to singleton services. In HTTP, including GraphQL, it wraps
 * everything after body parsing. Elsewhere, it wraps the handlers of gateways and microservices, and
 * the hooks of gateways.
 *
 * @internal
 */
@Injectable()
export class RequestContext implements NestInterceptor, OnModuleDestroy {
  readonly #host: HttpAdapterHost;
  readonly #isEnabled: boolean;
  readonly #binding: EnhancerBinding;

  constructor(
    @Inject(IdentityReader) { readsRequests }: IdentityReader,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    this.#host = host;
    this.#isEnabled = readsRequests;
    const gateways = readsRequests ? findGateways(modules) : [];
    const handlers = readsRequests ? findMessageHandlers(modules) : [];
    this.#binding = new EnhancerBinding('interceptor', this, [...gateways, ...handlers]);
    if (readsRequests) observeGateways(modules, wrapGatewayHooks);
  }

  /** Wraps the handlers of gateways and microservices. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = getIncomingRequest(context);
    // A handler may return an observable, which starts when Nest subscribes.
    return new Observable((subscriber) =>
      runInRequestContext(request, () => next.handle().subscribe(subscriber)),
    );
  }

  /**
   * Wraps the routes of HTTP. Call it after body parsers are registered, because their streams would
   * lose the context, and before routes are registered.
   */
  mountHttp(): void {
    const { httpAdapter: adapter } = this.#host;
    if (!this.#isEnabled) return;
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
  }
}
