import fc from 'fast-check';
import type { RawCall } from './broker.fixture.js';

/** A change of a request by an attacker between the application and the broker. */
export type Mutation = (call: RawCall) => RawCall;

const SIGNED_HEADERS = [
  'x-connectors-timestamp',
  'x-connectors-nonce',
  'x-connectors-signature',
  'authorization',
] as const;

const character = fc
  .nat({ max: 63 })
  .map((at) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'.charAt(at));
const position = fc.nat({ max: 10_000 });
const byte = fc.integer({ min: 1, max: 255 });

const bodyMutation = fc.oneof(
  fc.tuple(position, byte).map(([at, mask]): Mutation =>
    onBody((body) => {
      const changed = Buffer.from(body);
      changed[at % body.length]! ^= mask;
      return changed;
    }),
  ),
  position.map((at): Mutation => onBody((body) => body.subarray(0, at % body.length))),
  fc.tuple(position, byte).map(([at, value]): Mutation =>
    onBody((body) => {
      const cut = at % (body.length + 1);
      return Buffer.concat([body.subarray(0, cut), Buffer.from([value]), body.subarray(cut)]);
    }),
  ),
  fc.json({ maxDepth: 2 }).map((json): Mutation => onBody(() => Buffer.from(json))),
);

const headerName = fc.constantFrom(...SIGNED_HEADERS);

const headerMutation = fc.oneof(
  fc
    .tuple(headerName, position, character)
    .map(([name, at, to]): Mutation => onHeader(name, (value) => replaced(value, at, to))),
  fc
    .tuple(headerName, character)
    .map(([name, more]): Mutation => onHeader(name, (value) => value + more)),
  fc.tuple(headerName, position).map(([name, at]): Mutation =>
    onHeader(name, (value) => {
      const cut = at % value.length;
      return value.slice(0, cut) + value.slice(cut + 1);
    }),
  ),
  headerName.map((name): Mutation => onHeader(name, (value) => [value, value])),
  headerName.map((name): Mutation => onHeader(name, () => [])),
  fc
    .tuple(headerName, fc.string({ unit: character, minLength: 1, maxLength: 80 }))
    .map(([name, text]): Mutation => onHeader(name, () => text)),
);

/** Changes the path below `/functions/`, so that it names another function. */
const pathMutation = fc.oneof(
  fc.tuple(position, character).map(([at, to]): Mutation =>
    onPath((path) => {
      const start = path.lastIndexOf('/') + 1;
      return path.slice(0, start) + replaced(path.slice(start), at, to);
    }),
  ),
  character.map((more): Mutation => onPath((path) => path + more)),
  fc.constantFrom('/', '/x', '%2f', '%00').map((more): Mutation => onPath((path) => path + more)),
  fc.constant<Mutation>(onPath((path) => path.slice(0, -1))),
);

const methodMutation = fc
  .constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
  .map((method): Mutation => (call) => ({ ...call, method }));

export const mutations = fc.oneof(
  { weight: 5, arbitrary: bodyMutation },
  { weight: 6, arbitrary: headerMutation },
  { weight: 2, arbitrary: pathMutation },
  { weight: 1, arbitrary: methodMutation },
);

/** Returns the whole request as text. */
export function toText({ method, path, headers, body }: RawCall): string {
  return JSON.stringify([method, path, headers, body.toString('latin1')]);
}

export function onBody(change: (body: Buffer) => Buffer): Mutation {
  return (call) => ({ ...call, body: change(call.body) });
}

export function onHeader(
  name: string,
  change: (value: string) => string | readonly string[],
): Mutation {
  return (call) => {
    const headers = Object.entries(call.headers).flatMap(([key, value]) => {
      const changed = key === name ? change(String(value)) : value;
      return changed.length === 0 ? [] : [[key, changed] as const];
    });
    return { ...call, headers: Object.fromEntries(headers) };
  };
}

export function onPath(change: (path: string) => string): Mutation {
  return (call) => ({ ...call, path: change(call.path) });
}

function replaced(text: string, at: number, to: string): string {
  const index = at % text.length;
  return text.slice(0, index) + to + text.slice(index + 1);
}
