import { inspect } from 'node:util';
import { findConnectorsError } from '../../errors/find-connectors-error.js';
import { getHttpStatus } from '../../errors/error-code.js';
import { isHttpResponse, readHttpResponse, type ReceivedResponse } from './http-response.js';

/** The outcome of one request to the application. */
export interface Outcome {
  readonly isSuccess: boolean;
  /** Whether it is a status 503, or an error with that status. */
  readonly isUnavailable: boolean;
  /** The outcome in a few words. */
  readonly summary: string;
  /** The texts that reached the caller, by place. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Sends a request and describes its outcome. Never rejects because of the application. */
export async function toOutcome(send: () => PromiseLike<unknown>): Promise<Outcome> {
  let value: unknown;
  try {
    value = await send();
  } catch (error) {
    return isHttpResponse(getResponse(error)) ? fromValue(getResponse(error)) : fromError(error);
  }
  return fromValue(value);
}

/** Describes a request to which the application has not responded. */
export function createTimeout(withinMs: number): Outcome {
  const summary = `no response within ${withinMs} ms`;
  return { isSuccess: false, isUnavailable: false, summary, texts: {} };
}

/** An error of axios has the response that it is about. */
function getResponse(error: unknown): unknown {
  return (Object(error) as { response?: unknown }).response;
}

async function fromValue(value: unknown): Promise<Outcome> {
  if (isHttpResponse(value)) return fromResponse(await readHttpResponse(value));
  const result = inspect(value, { depth: 10 });
  return { isSuccess: true, isUnavailable: false, summary: 'a result', texts: { result } };
}

function fromError(error: unknown): Outcome {
  const found = findConnectorsError(error);
  const summary = found === undefined ? String(error) : `${found.code}: ${found.message}`;
  return {
    isSuccess: false,
    isUnavailable: found !== undefined && isUnavailable(getHttpStatus(found.code)),
    summary,
    texts: { error: inspect(error, { depth: 10 }) },
  };
}

function fromResponse({ status, headers, body }: ReceivedResponse): Outcome {
  const errorStatus = getGraphQlStatus(body) ?? status;
  const texts = headers.map(([name, value]) => [`header ${name}`, value] as const);
  return {
    isSuccess: errorStatus < 400,
    isUnavailable: isUnavailable(errorStatus),
    summary: `status ${status}${body === '' ? '' : ` with the body ${body.slice(0, 300)}`}`,
    texts: { ...Object.fromEntries(texts), body },
  };
}

function isUnavailable(status: number): boolean {
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
