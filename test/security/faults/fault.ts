import type { ConnectorsService } from 'nestjs-base44-connectors';
import {
  getHeader,
  type RecordedRequest,
  type RecordingServer,
  type Responder,
} from '../../support/recording-server.js';

/** The credentials of one fault, which must not show. */
export interface Secrets {
  readonly serviceToken: string;
  readonly accessToken: string;
  /** Another secret of the fault. */
  readonly other: string;
}

/** Options that replace the server URL and the service token. */
export type FaultyOptions = (secrets: Secrets, server: RecordingServer) => object | Promise<object>;

/** A fault of a call with secrets. */
export interface Fault {
  readonly fault: string;
  /** The response of Base44. @default a usable token */
  readonly respond?: (secrets: Secrets) => Responder;
  readonly options?: FaultyOptions;
  /** @default getConnection('slack') */
  readonly call?: (service: ConnectorsService, secrets: Secrets) => Promise<unknown>;
  /** The code of the error. */
  readonly code: string;
}

export const callApi: NonNullable<Fault['call']> = (service) =>
  service.callApi('x', { path: '/', method: 'POST' });

/** Repeats the request and the token in every place of a response. */
export function echo(
  { accessToken, serviceToken }: Secrets,
  status: number,
  headers: Record<string, string> = {},
): Responder {
  return (request, response) => {
    const sent = getHeader(request, 'authorization') ?? '';
    response.writeHead(status, `${accessToken} ${sent}`, {
      'Content-Type': 'application/json',
      'X-Base44-Connector-Error': serviceToken,
      'WWW-Authenticate': sent,
      'Retry-After': serviceToken,
      'Set-Cookie': `a=${serviceToken}; b=${accessToken}`,
      [`X-${serviceToken.replace(/[^a-z]/gi, '')}`]: accessToken,
      ...headers,
    });
    response.end(JSON.stringify(createBody(request, sent, accessToken)));
  };
}

function createBody({ headers, body }: RecordedRequest, sent: string, accessToken: string): object {
  return {
    detail: `${sent} ${accessToken}`,
    message: sent,
    code: accessToken,
    error: { message: sent, code: sent },
    extra_data: { reason: sent, headers, body, token: accessToken },
    [sent]: accessToken,
  };
}

/** Sends a body unchanged. */
export function text(
  body: string | Buffer,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
): Responder {
  return (_request, response) => {
    response.writeHead(200, headers).end(body);
  };
}

/** Sends JSON with a 200. */
export function json(body: unknown): Responder {
  return text(JSON.stringify(body));
}
