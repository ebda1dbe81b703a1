import { InvalidRequestError } from '../../errors/request.errors.js';
import type { ConnectorFetchInit } from '../../interfaces/connector-feature.interface.js';

/** The members of `RequestInit` in the Fetch standard and in Node.js, and the members of this package. */
const MEMBERS = [
  'allowedOrigins',
  'baseURL',
  'body',
  'cache',
  'credentials',
  'dispatcher',
  'duplex',
  'headers',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'retry',
  'signal',
];

type Members = Record<string, unknown>;

/**
 * The arguments of one `fetch`.
 *
 * @internal
 */
export interface FetchArguments {
  readonly url: string;
  /** Each member is an own property, even if it is absent, so none comes from `Object.prototype`. */
  readonly init: ConnectorFetchInit;
  /** Whether the body is the unread body of a `Request`. */
  readonly hasRequestBody: boolean;
}

/**
 * Reads the arguments of `fetch` as WebIDL does. Members may be inherited or computed, so a `Request`
 * is also an `init`. A member that is `undefined` counts as absent.
 *
 * @throws {@link InvalidRequestError} when the URL or the `init` has the wrong type
 * @internal
 */
export function readArguments(input: unknown, init: unknown, connector: string): FetchArguments {
  const url = readUrl(input, connector);
  if (!isDictionary(init)) {
    throw new InvalidRequestError(`The init of connector '${connector}' must be an object.`);
  }
  const members = readMembers(init);
  const bodyOwner = isAbsent(members.body) ? input : init;
  return {
    url,
    init: hasTag(input, 'Request') ? mergeMembers(readMembers(input), members) : members,
    hasRequestBody: hasTag(bodyOwner, 'Request') && !(bodyOwner as Request).bodyUsed,
  };
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function readUrl(input: unknown, connector: string): string {
  if (typeof input === 'string') return input;
  if (hasTag(input, 'URL')) return (input as URL).href;
  if (hasTag(input, 'Request')) return (input as Request).url;
  throw new InvalidRequestError(
    `The URL for connector '${connector}' must be a string, a URL or a Request.`,
  );
}

/** Recognizes an object by its tag, because other packages and realms have classes of their own. */
function hasTag(value: unknown, tag: 'URL' | 'Request'): value is object {
  return Object.prototype.toString.call(value) === `[object ${tag}]`;
}

function isDictionary(value: unknown): value is object | null | undefined {
  return isAbsent(value) || Object(value) === value;
}

function readMembers(dictionary: object | null | undefined): Members {
  return Object.fromEntries(MEMBERS.map((name) => [name, readMember(dictionary ?? {}, name)]));
}

function readMember(dictionary: object, name: string): unknown {
  if (name === 'dispatcher' && hasTag(dictionary, 'Request')) return readDispatcher(dictionary);
  return isDeclared(dictionary, name) ? (Reflect.get(dictionary, name) as unknown) : undefined;
}

/** Returns whether an object or a prototype has a property, except `Object.prototype`. */
function isDeclared(object: object, name: string): boolean {
  if (Object.hasOwn(object, name)) return true;
  const prototype = Object.getPrototypeOf(object) as object | null;
  const isRoot = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isRoot && isDeclared(prototype, name);
}

/** Returns the dispatcher of a `Request`, which undici stores under a symbol. */
function readDispatcher(request: object): unknown {
  const symbols = Object.getOwnPropertySymbols(request);
  const key = symbols.find(({ description }) => description === 'dispatcher');
  return key === undefined ? undefined : Reflect.get(request, key);
}

/** Returns the members of a `Request`. The members that `init` defines take precedence. */
function mergeMembers(request: Members, init: Members): Members {
  const defined = Object.entries(init).filter(
    ([name, value]) => value !== undefined && !(name === 'body' && value === null),
  );
  return { ...request, duplex: 'half', ...Object.fromEntries(defined) };
}
