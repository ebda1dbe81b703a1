import { httpsUrlProblem } from '../common/server-url.js';

const MIN_SECRET_LENGTH = 32;
const FUNCTION = /\/functions\/[\w-]+$/;

type Siblings = Readonly<Record<string, unknown>>;

/**
 * @returns a clause that completes "broker …", or `undefined`
 * @internal
 */
export function brokerProblem(_: unknown, { client, request }: Siblings): string | undefined {
  if ((client ?? undefined) !== undefined) return 'has no use beside client: give one of the two';
  const { base44Headers } = Object(request) as { base44Headers?: unknown };
  return base44Headers === true
    ? 'has no use beside request.base44Headers: requests that Base44 forwards carry the service role'
    : undefined;
}

/**
 * @returns a clause that completes "url …", or `undefined`
 * @internal
 */
export function brokerUrlProblem(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) && FUNCTION.test(new URL(url).pathname)
    ? httpsUrlProblem(url)
    : "must be that of the function: https://<your app's host>/functions/connectors-broker";
}

/**
 * @returns a clause that completes "secret …", or `undefined`
 * @internal
 */
export function brokerSecretProblem(secret: unknown): string | undefined {
  return typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH
    ? undefined
    : `must be the value of CONNECTORS_BROKER_SECRET: ${MIN_SECRET_LENGTH} characters or more`;
}
