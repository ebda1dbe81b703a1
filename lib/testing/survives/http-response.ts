/** A response as its client received it. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
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
    headers: getHeaders(response.headers),
    body: await readBody(response),
  };
}

/** Needs the headers too, because a service may return an object with a `status`. */
function getStatus({ status, statusCode, headers }: HttpResponse): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  return [status, statusCode].find((value) => typeof value === 'number');
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
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

function isIterable(headers: unknown): headers is Iterable<[string, unknown]> {
  return Symbol.iterator in (Object(headers) as object);
}
