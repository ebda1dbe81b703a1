import { isPresent } from './sibling-options.js';

const PATH = /^[^\s?#\\]*[^\s?#\\/][^\s?#\\]*$/;

/** An absolute https URL, or a path that browsers cannot read as a URL of another host. */
const PAGE = /^(https:\/\/[^\s\\]+|\/(?![/\\])[^\s\\]*)$/;

/**
 * Returns a clause that completes "path …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describePathProblem(path: unknown): string | undefined {
  return typeof path === 'string' && PATH.test(path)
    ? undefined
    : "is required: the path of the routes, such as 'accounts'";
}

/**
 * Returns a clause that completes "guards …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeGuardsProblem(guards: unknown): string | undefined {
  return Array.isArray(guards) && guards.every(isGuard)
    ? undefined
    : 'must be a list of guards: classes, or objects with a method canActivate()';
}

/**
 * Returns a clause that completes "guards …" of the page for operators, or `undefined` for a valid option.
 *
 * @internal
 */
export function describeStatusGuardsProblem(guards: unknown): string | undefined {
  return isPresent(guards)
    ? describeGuardsProblem(guards)
    : 'is required: the guards that admit operators only, such as [OperatorGuard], or [] if a global guard or the network protects the path';
}

/**
 * Returns a clause that completes "returnTo …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeReturnToProblem(pages: unknown): string | undefined {
  if (!Array.isArray(pages)) return "must be a list of pages such as ['/calendar']";
  const invalid = pages.findIndex((page) => typeof page !== 'string' || !PAGE.test(page));
  return invalid === -1
    ? undefined
    : `must contain paths such as '/calendar' or absolute https URLs, and entry ${invalid} is neither`;
}

function isGuard(guard: unknown): boolean {
  const { canActivate } = Object(guard) as { canActivate?: unknown };
  return typeof guard === 'function' || typeof canActivate === 'function';
}
