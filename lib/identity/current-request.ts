import { AsyncLocalStorage } from 'node:async_hooks';
import { Secret } from '../common/secret.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { type IdentityOrigin, toOrigin } from './identity-origin.js';

/** The origin that all instances of the module share, and those of single instances. */
interface Context {
  readonly origin: IdentityOrigin;
  readonly origins: ReadonlyMap<object, IdentityOrigin>;
}

/** The contexts are sealed, because Node.js 20 attaches them to every promise, where inspection shows them. */
const contexts = new AsyncLocalStorage<Secret<Context> | undefined>();

const NO_ORIGINS: Context['origins'] = new Map();

const OUTSIDE = toContext(undefined);

/**
 * Returns the origin of the current identity: the one that an instance set with
 * {@link runWithOrigin}, or the request that is being handled, if there is one.
 *
 * @param instance - an object that stands for the instance of the module
 * @internal
 */
export function getCurrentOrigin(instance: object): IdentityOrigin {
  const { origin, origins } = getContext();
  return origins.get(instance) ?? origin;
}

/**
 * Runs work, and everything that follows from it, as part of the handling of a request. Without a
 * request, it runs outside of the current one, which may be another user's.
 *
 * @internal
 */
export function runInRequestContext<T>(request: IncomingRequest | undefined, work: () => T): T {
  return contexts.run(new Secret(toContext(request)), work);
}

/**
 * Runs work, and everything that follows from it, with another origin for one instance. Other
 * instances keep theirs, because a user's token belongs to one app.
 *
 * @internal
 */
export function runWithOrigin<T>(instance: object, origin: IdentityOrigin, work: () => T): T {
  const context = getContext();
  const origins = new Map(context.origins).set(instance, origin);
  return contexts.run(new Secret({ ...context, origins }), work);
}

/**
 * Runs work that outlives the current request, so that it does not hold the request in memory.
 *
 * @internal
 */
export function exitRequestContext<T>(work: () => T): T {
  return contexts.run(undefined, work);
}

function toContext(request: IncomingRequest | undefined): Context {
  return { origin: toOrigin(request), origins: NO_ORIGINS };
}

function getContext(): Context {
  return contexts.getStore()?.reveal() ?? OUTSIDE;
}
