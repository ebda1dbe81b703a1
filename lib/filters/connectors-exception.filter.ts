import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Inject,
  Injectable,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { ConnectorsError } from '../errors/connectors.error.js';
import { findConnectorsError } from '../errors/find-connectors-error.js';
import type { ConnectorsExceptionFilterOptions } from '../interfaces/exception-filter-options.interface.js';
import { type ConnectorsErrorBody, toErrorBody } from './error-body.js';
import { ErrorLog } from './error.log.js';
import { ForeignError } from './foreign-error.js';
import { findHandlerName } from './handler.recorder.js';
import { type HttpResponse, responseAdapter } from './response.adapter.js';
import { emitException } from './websocket-exception.js';

/**
 * The injection token of the options of the filter.
 *
 * @internal
 */
export const EXCEPTION_FILTER_OPTIONS = Symbol('EXCEPTION_FILTER_OPTIONS');

const TRANSPORTS = ['http', 'ws', 'rpc', 'graphql'] as const;

type Transport = (typeof TRANSPORTS)[number];

/**
 * Converts a `ConnectorsError` into a response in the format of the transport.
 *
 * - HTTP: a status and the body `{ statusCode, error, message, retryable, connector }`
 * - GraphQL: an error with `code`, `statusCode`, `retryable` and `connector` in its `extensions`
 * - WebSocket: an `exception` event
 * - microservices: an error that the caller receives
 *
 * It throws the error again in handlers of other libraries, such as queues and bots. With `findCauses`, it
 * also responds to errors of SDKs that contain a `ConnectorsError`.
 *
 * It logs errors with status 500 and above, each once a minute at most. In the filter that
 * `ConnectorsModule` registers, the log line names the class and the method of the handler.
 *
 * `ConnectorsModule` registers it for the whole application. In a hybrid application,
 * Nest applies it to microservices only with `inheritAppConfig: true`.
 *
 * @example
 * app.useGlobalFilters(new ConnectorsExceptionFilter({ hideServerErrors: true }));
 *
 * @publicApi
 */
@Injectable()
@Catch(ConnectorsError)
export class ConnectorsExceptionFilter implements ExceptionFilter<unknown> {
  readonly #log = new ErrorLog();
  readonly #hidesServerErrors: boolean;

  /** Absent in a filter that Nest does not create. */
  @Optional()
  @Inject(HttpAdapterHost)
  private readonly httpAdapterHost?: HttpAdapterHost;

  /** @param options - by default the options of `ConnectorsModule`, if Nest creates the filter */
  constructor(
    @Optional() @Inject(EXCEPTION_FILTER_OPTIONS) options?: ConnectorsExceptionFilterOptions,
  ) {
    this.#hidesServerErrors = options?.hideServerErrors === true;
    const isSubclass = new.target !== ConnectorsExceptionFilter;
    if (options?.findCauses === true && !isSubclass) catchForeignErrors(this);
  }

  /** @throws the exception, if it contains no `ConnectorsError` */
  catch(exception: unknown, host: ArgumentsHost): unknown {
    const error = findConnectorsError(exception);
    const transport = getTransport(host);
    // In another library, a returned value would become the result of the handler, so the message would be lost.
    if (error === undefined || transport === undefined) throw exception;
    const body = toErrorBody(error, this.#hidesServerErrors);
    const response = this.#respond(error, body, host, transport);
    if (body.statusCode >= 500) this.#log.record(error, findHandlerName(host));
    return response;
  }

  #respond(
    error: ConnectorsError,
    body: ConnectorsErrorBody,
    host: ArgumentsHost,
    transport: Transport,
  ): unknown {
    switch (transport) {
      case 'http':
        this.#respondToHttp(error, body, host);
        return;
      case 'ws':
        emitException(host.switchToWs().getClient(), { status: 'error', ...body });
        return;
      case 'rpc':
        return throwError(() => ({ status: 'error', ...body }));
      case 'graphql':
        // Nest passes it to the GraphQL server as the resolver's result, which then is an error.
        return body.error === undefined ? toGenericError(body) : error;
    }
  }

  #respondToHttp(
    { retryAfterMs }: ConnectorsError,
    body: ConnectorsErrorBody,
    host: ArgumentsHost,
  ): void {
    const adapter = this.httpAdapterHost?.httpAdapter ?? responseAdapter;
    const response = host.switchToHttp().getResponse<HttpResponse>();
    if (adapter.isHeadersSent(response)) {
      adapter.end(response);
      return;
    }
    if (retryAfterMs !== undefined) {
      adapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    }
    adapter.reply(response, body, body.statusCode);
  }
}

@Catch(ConnectorsError, ForeignError)
class ForeignErrorFilter extends ConnectorsExceptionFilter {}

/** Changes the class of a filter, because Nest reads the errors that a filter catches from its class. */
function catchForeignErrors(filter: ConnectorsExceptionFilter): void {
  Object.setPrototypeOf(filter, ForeignErrorFilter.prototype);
}

/** Creates the error of GraphQL that hides a server error. */
function toGenericError({ message, statusCode, retryable }: ConnectorsErrorBody): Error {
  return Object.assign(new Error(message), { extensions: { statusCode, retryable } });
}

/**
 * Returns the transport of a context, or `undefined` in handlers of other libraries. Nest gives those the
 * type `http` by default.
 */
function getTransport(host: ArgumentsHost): Transport | undefined {
  const type = TRANSPORTS.find((transport) => transport === host.getType<string>());
  return type === 'http' && !isResponse(host.switchToHttp().getResponse()) ? undefined : type;
}

function isResponse(value: unknown): boolean {
  const { status, send, end } = Object(value) as Record<string, unknown>;
  return [status, send, end].some((method) => typeof method === 'function');
}
