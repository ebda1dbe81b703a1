import { type ArgumentsHost, Catch, HttpException, Injectable, Logger } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { throwError } from 'rxjs';
import { ConnectorsError } from '../errors/connectors.error.js';
import { type ConnectorsErrorBody, toErrorBody } from './error-body.js';
import { emitException } from './websocket-exception.js';

/**
 * Converts a `ConnectorsError` into a response in the format of the transport.
 *
 * - HTTP: a status and the body `{ statusCode, error, message, connector }`
 * - GraphQL: an error with `code`, `statusCode` and `connector` in its `extensions`
 * - WebSocket: an `exception` event
 * - microservices: an error that the caller receives
 *
 * It throws the error again in handlers of other libraries, such as queues and bots.
 *
 * It logs errors with status 500 and above.
 *
 * `ConnectorsModule` registers it for the whole application. In a hybrid application,
 * Nest applies it to microservices only with `inheritAppConfig: true`.
 *
 * @publicApi
 */
@Injectable()
@Catch(ConnectorsError)
export class ConnectorsExceptionFilter extends BaseExceptionFilter<ConnectorsError> {
  readonly #logger = new Logger(ConnectorsExceptionFilter.name);

  override catch(error: ConnectorsError, host: ArgumentsHost): unknown {
    const body = toErrorBody(error);
    const response = this.#respond(error, body, host);
    if (body.statusCode >= 500) this.#logger.error(`${error.code}: ${error.message}`);
    return response;
  }

  #respond(error: ConnectorsError, body: ConnectorsErrorBody, host: ArgumentsHost): unknown {
    switch (getTransport(host)) {
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
        return error;
      default:
        // A returned value would become the result of the handler, so its message would be lost.
        throw error;
    }
  }

  #respondToHttp(
    { retryAfterMs }: ConnectorsError,
    body: ConnectorsErrorBody,
    host: ArgumentsHost,
  ): void {
    const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
    const response: unknown = host.switchToHttp().getResponse();
    if (retryAfterMs !== undefined && adapter?.isHeadersSent(response) === false) {
      adapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    }
    super.catch(new HttpException(body, body.statusCode) as never, host);
  }
}

/** Returns the type of a context. Nest gives handlers of other libraries the type `http` by default. */
function getTransport(host: ArgumentsHost): string | undefined {
  const type = host.getType<string>();
  return type === 'http' && !isResponse(host.switchToHttp().getResponse()) ? undefined : type;
}

function isResponse(value: unknown): boolean {
  const { status, send, end } = Object(value) as Record<string, unknown>;
  return [status, send, end].some((method) => typeof method === 'function');
}
