/**
 * The differences of this package from the official SDK. The specs of this folder fail on a difference
 * that is not in this list, and on an entry that does not occur.
 */
export interface IntendedDifference {
  readonly id: string;
  /** The name of the spec that covers it. */
  readonly area:
    | 'requests'
    | 'inputs'
    | 'responses'
    | 'metered-responses'
    | 'errors'
    | 'transport'
    | 'from-request';
  readonly why: string;
}

export const INTENDED_DIFFERENCES = [
  {
    id: 'slash-after-server-url',
    area: 'requests',
    why: 'A trailing slash of serverUrl is dropped. The SDK requests //api.',
  },
  {
    id: 'whole-request',
    area: 'requests',
    why: 'A request for a metered connector is sent whole. The HTTP client of the SDK drops keys such as constructor.',
  },
  {
    id: 'rejected-identifier',
    area: 'inputs',
    why: 'A malformed identifier is rejected before anything is sent. The SDK sends it, so dots and slashes reach other routes.',
  },
  {
    id: 'rejected-app-id',
    area: 'inputs',
    why: 'A malformed app id fails startup. The SDK inserts it into its routes.',
  },
  {
    id: 'rejected-service-token',
    area: 'inputs',
    why: 'A service token with line breaks is rejected. The SDK sends it without them, which is another credential.',
  },
  {
    id: 'typed-input-error',
    area: 'inputs',
    why: 'A missing identifier or a wrong request fails with the message of the SDK, but with another error class and a code.',
  },
  {
    id: 'unserializable-request',
    area: 'inputs',
    why: 'A request that is not serializable as JSON fails with InvalidRequestError. The SDK fails with an error of its HTTP client.',
  },
  {
    id: 'absolute-path',
    area: 'inputs',
    why: 'A metered call with a whole URL as the path is rejected with the remedy. The SDK sends it to Base44.',
  },
  {
    id: 'access-token-response',
    area: 'responses',
    why: 'getAccessToken returns the response of the API, as the SDK documents it. The SDK itself returns only the token.',
  },
  {
    id: 'no-usable-token',
    area: 'responses',
    why: 'A 200 without a valid token fails with UnexpectedResponseError. The SDK resolves with undefined, a number, an object …',
  },
  {
    id: 'config-as-text',
    area: 'responses',
    why: 'Numbers and flags in connection_config become text, as their type promises.',
  },
  {
    id: 'config-without-nulls',
    area: 'responses',
    why: 'A null in connection_config is omitted, as its type promises.',
  },
  {
    id: 'config-not-flat',
    area: 'responses',
    why: 'A connection_config that is no flat object fails with UnexpectedResponseError.',
  },
  {
    id: 'frozen-connection',
    area: 'responses',
    why: 'A connection is frozen, because callers share it.',
  },
  {
    id: 'missing-data-as-null',
    area: 'metered-responses',
    why: 'Missing data is null, like all other missing fields. The SDK returns undefined.',
  },
  {
    id: 'unknown-outcome',
    area: 'metered-responses',
    why: 'A response without a success flag and a known phase fails with UnexpectedResponseError, because the outcome of the call is unknown.',
  },
  {
    id: 'field-of-another-type',
    area: 'metered-responses',
    why: 'A field whose type differs from the documented one counts as missing. The SDK passes it on.',
  },
  {
    id: 'typed-error',
    area: 'errors',
    why: "Errors differ by class and code. The SDK has one class, with the server's code.",
  },
  {
    id: 'no-upstream-text',
    area: 'errors',
    why: "Messages contain no text of the server. Those of the SDK are the server's text, which may repeat the request.",
  },
  {
    id: 'no-underlying-error',
    area: 'errors',
    why: "Errors contain no other error. Those of the SDK contain the server's data and the axios error, tokens included.",
  },
  {
    id: 'no-redirects',
    area: 'transport',
    why: 'A redirect fails with UnexpectedResponseError. The SDK follows it.',
  },
  {
    id: 'cached-connections',
    area: 'transport',
    why: 'A connection is cached, unless cache is false. The SDK sends a request each time.',
  },
  {
    id: 'deadline',
    area: 'transport',
    why: 'A call ends within its deadline. The SDK waits forever.',
  },
  {
    id: 'limited-response',
    area: 'transport',
    why: 'A response over the size limit fails with UnexpectedResponseError. The SDK reads all of it.',
  },
  {
    id: 'html-page-not-found',
    area: 'transport',
    why: 'A 404 with a web page does not mean "not connected", because it is not from the API. The SDK treats it like any 404.',
  },
  {
    id: 'untrusted-server',
    area: 'from-request',
    why: 'A request that names a server outside the trusted ones is rejected. The SDK sends the service token to that server.',
  },
  {
    id: 'untrusted-app',
    area: 'from-request',
    why: 'A request that names an app outside the trusted ones is rejected. The SDK acts for any app.',
  },
  {
    id: 'server-of-the-options',
    area: 'from-request',
    why: 'A request that names no server means serverUrl. For the SDK it means base44.app.',
  },
  {
    id: 'app-of-the-options',
    area: 'from-request',
    why: 'A request without a service token that names no app means appId. The SDK fails.',
  },
  {
    id: 'service-role-of-the-options',
    area: 'from-request',
    why: 'A request without a service token is served with that of the options. The SDK has no options.',
  },
  {
    id: 'other-app-without-its-service-token',
    area: 'from-request',
    why: 'A request that names another trusted app or server needs its service token, also for calls of the user.',
  },
  {
    id: 'authorization-ignored',
    area: 'from-request',
    why: 'An Authorization without a bearer token is ignored, because applications use others. The SDK fails.',
  },
  {
    id: 'user-required',
    area: 'from-request',
    why: 'Calls for the app user fail before anything is sent when there is none. The SDK sends them without a user.',
  },
  {
    id: 'headers-of-the-service-role',
    area: 'from-request',
    why: 'Base44-State and X-Data-Env are forwarded only together with a service token, because Base44 sets them together. The SDK always forwards them.',
  },
  {
    id: 'unsendable-header',
    area: 'from-request',
    why: 'A service token or Base44-State that is too long or that HTTP would change is rejected. The SDK sends it, or a part of it.',
  },
  {
    id: 'slash-after-named-server',
    area: 'from-request',
    why: 'A trailing slash of Base44-Api-Url is dropped. The SDK requests //api.',
  },
] as const satisfies readonly IntendedDifference[];

export type DifferenceId = (typeof INTENDED_DIFFERENCES)[number]['id'];

/** Headers of the HTTP connection. They may differ, because the API ignores them. */
export const TRANSPORT_HEADERS: Readonly<Record<string, string>> = {
  host: 'names the server, which each client gets from its own option',
  connection: 'says whether the socket stays open, which the agent decides',
  'user-agent': 'names the HTTP client and its version',
  'accept-encoding': 'lists what the HTTP client can decompress',
};

/** Records which differences of an area occur. Fails after the file when one did not occur. */
export function recordDifferences(area: IntendedDifference['area']): (id: DifferenceId) => void {
  const expected = INTENDED_DIFFERENCES.filter((entry) => entry.area === area).map(({ id }) => id);
  const occurred = new Set<DifferenceId>();
  afterAll(() => {
    expect([...occurred].sort()).toEqual(expected.sort());
  });
  return (id) => occurred.add(id);
}
