import { HttpException } from '@nestjs/common';
import { findConnectorsError } from '../../errors/find-connectors-error.js';
import { getHttpStatus } from '../../errors/error-code.js';
import { isHttpResponse, readHttpResponse, type ReceivedResponse } from './http-response.js';
import { toText } from './to-text.js';

/** The outcome of one request to the application. */
export interface Outcome {
  readonly isSuccess: boolean;
  /** Whether it is a status 503, or an error with that status. */
  readonly isUnavailable: boolean;
  /** The outcome in a few words. */
  readonly summary: string;
  /** The texts that reached the caller, by place. */
  readonly texts: readonly (readonly [place: string, text: string])[];
}

/** Sends a request and describes its outcome. Never rejects because of the application. */
export async function toOutcome(send: () => PromiseLike<unknown>): Promise<Outcome> {
  try {
    return await fromValue(await receive(send));
  } catch (error) {
    return fromError(error);
  }
}

/** Returns the result of a request, or the response of its error. */
async function receive(send: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    const response = getResponse(error);
    if (isHttpResponse(response)) return response;
    throw error;
  }
}

/** Describes a request to which the application has not responded. */
export function createTimeout(withinMs: number): Outcome {
  const summary = `no response within ${withinMs} ms`;
  return { isSuccess: false, isUnavailable: false, summary, texts: [] };
}

/** An error of axios has the response that it is about. */
function getResponse(error: unknown): unknown {
  return (Object(error) as { response?: unknown }).response;
}

async function fromValue(value: unknown): Promise<Outcome> {
  if (isHttpResponse(value)) return fromResponse(await readHttpResponse(value));
  const texts = [['result', toText(value)]] as const;
  return { isSuccess: true, isUnavailable: false, summary: 'a result', texts };
}

function fromError(error: unknown): Outcome {
  const found = findConnectorsError(error);
  const foundStatus = found && getHttpStatus(found.code);
  const status = error instanceof HttpException ? error.getStatus() : foundStatus;
  const summary = found === undefined ? String(error) : `${found.code}: ${found.message}`;
  return {
    isSuccess: false,
    isUnavailable: isUnavailable(status),
    summary,
    texts: [['error', toText(error)]],
  };
}

function fromResponse({ status, body, others }: ReceivedResponse): Outcome {
  const errorStatus = getGraphQlStatus(body) ?? status;
  return {
    isSuccess: errorStatus < 400,
    isUnavailable: isUnavailable(errorStatus),
    summary: `status ${status}${body === '' ? '' : ` with the body ${body.slice(0, 300)}`}`,
    texts: [...others, ['body', body]],
  };
}

function isUnavailable(status: number | undefined): boolean {
  return status === 503;
}

/** Returns the status of the first error of GraphQL, whose HTTP status is 200. */
function getGraphQlStatus(body: string): number | undefined {
  try {
    const { errors } = JSON.parse(body) as {
      errors?: { extensions?: { statusCode?: number } }[];
    };
    if (!Array.isArray(errors) || errors.length === 0) return undefined;
    return errors[0]?.extensions?.statusCode ?? 500;
  } catch {
    return undefined;
  }
}
