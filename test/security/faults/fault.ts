import type { ConnectorsService } from 'nestjs-base44-connectors';
import {
  getHeader,
  type RecordedRequest,
  type RecordingServer,
  type Responder,
} from '../../support/recording-server.js';

/** The credentials of one fault, which nothing may show. */
export interface Secrets {
  readonly serviceToken: string;
  readonly accessToken: string;
  /** Whatever else the fault has to hide. */
  readonly other: string;
}

/** What is given to the module in place of the server's address and the service token. */
export type FaultyOptions = (secrets: Secrets, server: RecordingServer) => object | Promise<object>;

/** Something that goes wrong while secrets are about. */
export interface Fault {
  readonly fault: string;
  /** What Base44 answers. Left out: a usable token. */
  readonly respond?: (secrets: Secrets) => Responder;
  readonly options?: FaultyOptions;
  /** @default getConnection('slack') */
  readonly call?: (service: ConnectorsService, secrets: Secrets) => Promise<unknown>;
  /** The code of the error. */
  readonly code: string;
}

export const callApi: NonNullable<Fault['call']> = (service) =>
  service.callApi('x', { path: '/', method: 'POST' });

/** Puts what was sent, and the token that was not, wherever an answer has a place for text. */
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

/** Sends a body as it is. */
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
