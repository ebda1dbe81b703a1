import { describeHttpsUrlProblem } from '../common/server-url.js';
import { isPresent, readsBase44Headers, type SiblingOptions } from './sibling-options.js';

const MIN_SECRET_LENGTH = 32;
const FUNCTION_PATH = /\/functions\/[\w-]+$/;

/**
 * Returns a clause that completes "broker …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeBrokerProblem(_: unknown, siblings: SiblingOptions): string | undefined {
  if (isPresent(siblings.client)) return 'cannot be combined with client: configure one of the two';
  return readsBase44Headers(siblings)
    ? 'cannot be combined with request.base44Headers, because requests that Base44 forwards carry the service token'
    : undefined;
}

/**
 * Returns a clause that completes "url …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeBrokerUrlProblem(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) && FUNCTION_PATH.test(new URL(url).pathname)
    ? describeHttpsUrlProblem(url)
    : "must be the URL of the broker function: https://<your app's host>/functions/connectors-broker";
}

/**
 * Returns a clause that completes "secret …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeBrokerSecretProblem(secret: unknown): string | undefined {
  return typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH
    ? undefined
    : `must be the value of CONNECTORS_BROKER_SECRET: ${MIN_SECRET_LENGTH} characters or more`;
}
