import { describeServerUrlProblem } from '../common/server-url.js';
import { isPresent, type SiblingOptions } from './sibling-options.js';

/**
 * Returns a clause that completes "appUrl …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeAppUrlProblem(
  appUrl: unknown,
  { client, allowInsecureServerUrl }: SiblingOptions,
): string | undefined {
  return isPresent(client)
    ? 'has no effect with client, because a client cannot connect accounts of users; configure serviceToken or broker instead of client'
    : describeServerUrlProblem(appUrl, allowInsecureServerUrl === true);
}
