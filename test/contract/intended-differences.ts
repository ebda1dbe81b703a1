/**
 * Everything in which this package differs from the official SDK on purpose. The
 * specs of this folder fail on a difference that is not here, and on an entry
 * here that does not occur.
 */
export interface IntendedDifference {
  readonly id: string;
  /** The spec that sees it: the name of its file. */
  readonly area:
    'requests' | 'inputs' | 'answers' | 'metered-answers' | 'errors' | 'transport' | 'from-request';
  readonly why: string;
}

export const INTENDED_DIFFERENCES = [
  {
    id: 'slash-after-server-url',
    area: 'requests',
    why: 'A slash at the end of serverUrl is dropped, where the SDK asks for //api.',
  },
  {
    id: 'whole-request',
    area: 'requests',
    why: 'A request for a metered connector is sent whole; the HTTP client of the SDK drops keys such as constructor.',
  },
  {
    id: 'refused-identifier',
    area: 'inputs',
    why: 'An identifier that is not well-formed is refused before anything is sent; the SDK sends it, and with dots or slashes reaches other routes.',
  },
  {
    id: 'refused-app-id',
    area: 'inputs',
    why: 'The application does not boot with an app id that is not well-formed; the SDK puts it into its routes as it is.',
  },
  {
    id: 'refused-service-token',
    area: 'inputs',
    why: 'A service token with line breaks is refused; the SDK sends it without them, which is another credential.',
  },
  {
    id: 'typed-input-error',
    area: 'inputs',
    why: 'A missing identifier or a wrong request fails with the message of the SDK, but with an error class and a code.',
  },
  {
    id: 'unserializable-request',
    area: 'inputs',
    why: 'A request that JSON cannot say is an InvalidRequestError; the SDK fails with an error of its HTTP client.',
  },
  {
    id: 'access-token-answer',
    area: 'answers',
    why: "getAccessToken returns the API's answer, as the SDK documents it; the SDK itself returns the token alone.",
  },
  {
    id: 'no-usable-token',
    area: 'answers',
    why: 'A 200 without a token that can be sent is an UnexpectedResponseError; the SDK resolves with undefined, a number, an object …',
  },
  {
    id: 'config-as-text',
    area: 'answers',
    why: 'Numbers and flags in connection_config become text, as their type promises.',
  },
  {
    id: 'config-without-nulls',
    area: 'answers',
    why: 'A null in connection_config is left out, as its type promises.',
  },
  {
    id: 'config-not-flat',
    area: 'answers',
    why: 'A connection_config that is no flat object is an UnexpectedResponseError.',
  },
  {
    id: 'frozen-connection',
    area: 'answers',
    why: 'A connection is shared by its callers and therefore frozen.',
  },
  {
    id: 'missing-data-as-null',
    area: 'metered-answers',
    why: 'Missing data is null, as all else that is missing; the SDK gives undefined.',
  },
  {
    id: 'unknown-outcome',
    area: 'metered-answers',
    why: 'An answer without a success flag and a known phase does not say what became of the call: an UnexpectedResponseError.',
  },
  {
    id: 'field-of-another-type',
    area: 'metered-answers',
    why: 'A field of another type than the API documents counts as missing; the SDK passes it on.',
  },
  {
    id: 'typed-error',
    area: 'errors',
    why: "Errors are told apart by class and code; the SDK gives one class, with the server's code.",
  },
  {
    id: 'no-upstream-text',
    area: 'errors',
    why: "Messages are our own; the SDK's are the server's text, which may echo what was sent.",
  },
  {
    id: 'no-underlying-error',
    area: 'errors',
    why: "The SDK hangs the server's data and the axios error on its error, tokens included; ours holds neither.",
  },
  {
    id: 'no-redirects',
    area: 'transport',
    why: 'A redirect is an UnexpectedResponseError; the SDK follows it.',
  },
  {
    id: 'kept-connections',
    area: 'transport',
    why: 'A connection is kept for a while, unless cache is false; the SDK asks each time.',
  },
  {
    id: 'deadline',
    area: 'transport',
    why: 'A call ends within its deadline; the SDK waits for ever.',
  },
  {
    id: 'limited-answer',
    area: 'transport',
    why: 'An answer over the size limit is an UnexpectedResponseError; the SDK reads all of it.',
  },
  {
    id: 'html-page-not-found',
    area: 'transport',
    why: 'A 404 that is a web page does not come from the API, so it is no "not connected"; the SDK reports it like any 404.',
  },
  {
    id: 'untrusted-server',
    area: 'from-request',
    why: 'A request that names a server which the options do not trust is refused; the SDK sends it the service token.',
  },
  {
    id: 'untrusted-app',
    area: 'from-request',
    why: 'A request that names an app which the options do not trust is refused; the SDK acts for any app.',
  },
  {
    id: 'server-of-the-options',
    area: 'from-request',
    why: 'A request that names no server means serverUrl; to the SDK it means base44.app.',
  },
  {
    id: 'app-of-the-options',
    area: 'from-request',
    why: 'A request without a service token that names no app means appId; the SDK fails.',
  },
  {
    id: 'service-role-of-the-options',
    area: 'from-request',
    why: 'A request without a service token is served with that of the options; the SDK has no options.',
  },
  {
    id: 'other-app-without-its-service-token',
    area: 'from-request',
    why: 'A request that names another trusted app or server must carry its service token, also for calls of the user.',
  },
  {
    id: 'authorization-left-alone',
    area: 'from-request',
    why: "An Authorization that is no Bearer is the application's own business; the SDK fails.",
  },
  {
    id: 'user-required',
    area: 'from-request',
    why: "Calls for the app's user fail before anything is sent when there is none; the SDK sends them without a user.",
  },
  {
    id: 'headers-of-the-service-role',
    area: 'from-request',
    why: 'Base44-State and X-Data-Env travel on together with a service token, as Base44 sets them; the SDK believes them of anybody.',
  },
  {
    id: 'unsendable-header',
    area: 'from-request',
    why: 'A service token or Base44-State that cannot be sent as it is, or is too long, is refused; the SDK sends it, or a part of it.',
  },
  {
    id: 'slash-after-named-server',
    area: 'from-request',
    why: 'A slash at the end of Base44-Api-Url is dropped, where the SDK asks for //api.',
  },
] as const satisfies readonly IntendedDifference[];

export type DifferenceId = (typeof INTENDED_DIFFERENCES)[number]['id'];

/**
 * Headers that belong to the connection and not to the API, so a client may send
 * what it likes.
 */
export const TRANSPORT_HEADERS: Readonly<Record<string, string>> = {
  host: 'names the server, which each client is told by its own option',
  connection: 'says whether the socket is kept, which is up to the agent',
  'user-agent': 'names the HTTP client and its version',
  'accept-encoding': 'lists what the HTTP client can decompress',
};

/** Notes which of an area's differences occur; after the file, none may be left over. */
export function recordDifferences(area: IntendedDifference['area']): (id: DifferenceId) => void {
  const expected = INTENDED_DIFFERENCES.filter((entry) => entry.area === area).map(({ id }) => id);
  const occurred = new Set<DifferenceId>();
  afterAll(() => {
    expect([...occurred].sort()).toEqual(expected.sort());
  });
  return (id) => occurred.add(id);
}
