import { Readable } from 'node:stream';
import { text as readStream } from 'node:stream/consumers';
import { toText } from './to-text.js';

/** A response as its client received it. */
export interface ReceivedResponse {
  readonly status: number;
  readonly body: string;
  /** The texts outside of the body, by place. */
  readonly others: readonly (readonly [place: string, text: string])[];
}

const ALREADY_READ = 'survives() reads the body: return the response of `request` unread.';

/** A response of `fetch`, supertest, axios or Fastify's `inject`. Recognized by its properties, because `fetch` has several classes. */
type HttpResponse = Readonly<Record<string, unknown>>;

export function isHttpResponse(value: unknown): value is HttpResponse {
  return getStatus(Object(value) as HttpResponse) !== undefined;
}

export async function readHttpResponse(response: HttpResponse): Promise<ReceivedResponse> {
  return {
    status: getStatus(response) ?? 0,
    body: await readBody(response),
    others: [
      ['status', getStatusLine(response)],
      ...getRedirects(response).map((url) => ['redirect', url] as const),
      ...getHeaders(response.headers).map(([name, value]) => [`header ${name}`, value] as const),
    ],
  };
}

/** Needs the headers too, because a service may return an object with a `status`. */
function getStatus({ status, statusCode, headers }: HttpResponse): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  return [status, statusCode].find((value) => typeof value === 'number');
}

function getStatusLine(response: HttpResponse): string {
  const { statusText, statusMessage } = response;
  return `${getStatus(response)} ${toText(statusText ?? statusMessage ?? '')}`;
}

/** Returns the URLs to which the client was redirected, as far as it tells them: `fetch` tells only the last one. */
function getRedirects({ redirected, url, redirects }: HttpResponse): string[] {
  if (redirected === true) return [String(url)];
  return Array.isArray(redirects) ? redirects.map(String) : [];
}

function getHeaders(headers: unknown): [string, string][] {
  const entries = isIterable(headers) ? [...headers] : Object.entries(Object(headers) as object);
  return entries.map(([name, value]) => [name, String(value)]);
}

async function readBody(response: HttpResponse): Promise<string> {
  const { text, payload, data, body, bodyUsed } = response;
  if (bodyUsed === true) throw new TypeError(ALREADY_READ);
  if (typeof text === 'function') return String(await text.call(response));
  const content = [text, payload, data, body].find((part) => part !== undefined);
  return decodeBody(content);
}

/** A client may be set up to return the body as bytes or as a stream. */
async function decodeBody(content: unknown): Promise<string> {
  if (content instanceof ArrayBuffer || content instanceof Uint8Array)
    return new TextDecoder().decode(content);
  if (content instanceof Readable) return readStream(content);
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function isIterable(headers: unknown): headers is Iterable<[string, unknown]> {
  return Symbol.iterator in (Object(headers) as object);
}
