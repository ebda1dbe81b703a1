import { type ArgumentsHost, Catch, HttpException, Injectable, Logger } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { throwError } from 'rxjs';
import { ConnectorsError } from '../errors/connectors.error.js';
import { type ConnectorsErrorBody, toErrorBody } from './error-body.js';
import { toGraphqlError } from './graphql-error.js';
import { emitException } from './websocket-exception.js';

/**
 * Answers clients when a handler fails with a `ConnectorsError`: over HTTP with a
 * status and `{ statusCode, error, message, connector }`, over GraphQL with these
 * in the error's `extensions`, over WebSocket with an `exception` event, and to
 * the caller of a message handler as the error. What answers 500 and above is logged.
 *
 * `ConnectorsModule` registers it for the whole application. A hybrid application
 * hands it to its microservices only with `inheritAppConfig: true`.
 *
 * @publicApi
 */
@Injectable()
@Catch(ConnectorsError)
export class ConnectorsExceptionFilter extends BaseExceptionFilter<ConnectorsError> {
  readonly #logger = new Logger(ConnectorsExceptionFilter.name);

  override catch(error: ConnectorsError, host: ArgumentsHost): unknown {
    const body = toErrorBody(error);
    if (body.statusCode >= 500) this.#logger.error(`${error.code}: ${error.message}`);
    switch (host.getType<string>()) {
      case 'http':
        this.#answer(error, body, host);
        return;
      case 'ws':
        emitException(host.switchToWs().getClient(), { status: 'error', ...body });
        return;
      case 'rpc':
        return throwError(() => ({ status: 'error', ...body }));
      default:
        return toGraphqlError(body);
    }
  }

  #answer({ retryAfterMs }: ConnectorsError, body: ConnectorsErrorBody, host: ArgumentsHost): void {
    const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
    const response: unknown = host.switchToHttp().getResponse();
    if (retryAfterMs !== undefined && adapter?.isHeadersSent(response) === false) {
      adapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    }
    super.catch(new HttpException(body, body.statusCode) as never, host);
  }
}
