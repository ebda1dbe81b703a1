import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { Observable } from 'rxjs';
import { observeGateways, observeMessageControllers } from '../discovery/handlers.js';
import { InstanceEnhancer } from '../discovery/instance-enhancer.js';
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
export class RequestContext implements NestInterceptor {
  readonly #host: HttpAdapterHost;
  readonly #isEnabled: boolean;

  constructor(
    @Inject(IdentityReader) { readsRequests }: IdentityReader,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    this.#host = host;
    this.#isEnabled = readsRequests;
    if (!readsRequests) return;
    const enhancer = new InstanceEnhancer('interceptor', this);
    observeGateways(modules, (gateway) => {
      wrapGatewayHooks(gateway.instance);
      enhancer.enhance(gateway);
    });
    observeMessageControllers(modules, (controller) => {
      enhancer.enhance(controller);
    });
  }

  /** Wraps the handlers of gateways and microservices. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    // A controller may handle both messages and routes. Those of HTTP have their context already.
    if (context.getType() === 'http') return next.handle();
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
}
