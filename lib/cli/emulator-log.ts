import { findDescription } from '../errors/connector-names.js';
import type { RecordedRequest } from '../testing/emulator/http/recorded-request.js';

interface Route {
  readonly pattern: RegExp;
  /** The text, in which `$1` is the connector. */
  readonly text: string;
  /** The remedy of a 404. */
  readonly missing?: string;
}

const ROUTES: readonly Route[] = [
  {
    pattern: /^\/api\/apps\/[^/]+\/external-auth\/tokens\/([\w-]+)$/,
    text: '$1',
    missing: 'not connected: --connect $1',
  },
  {
    pattern: /^\/api\/apps\/[^/]+\/external-auth\/tokens\/connectors\/([\w-]+)$/,
    text: 'workspaceConnector:$1',
    missing: 'not connected: --connect workspaceConnector:$1',
  },
  {
    pattern: /^\/api\/apps\/[^/]+\/app-user-auth\/connectors\/([\w-]+)\/token$/,
    text: 'appUserConnector:$1',
    missing: 'this user has not connected it',
  },
  {
    pattern: /^\/api\/apps\/[^/]+\/app-user-auth\/connectors\/([\w-]+)\/initiate$/,
    text: 'appUserConnector:$1, to connect it',
    missing: 'not registered: --register $1',
  },
  {
    pattern: /^\/api\/apps\/[^/]+\/app-user-auth\/connectors\/([\w-]+)$/,
    text: 'appUserConnector:$1, to disconnect it',
    missing: 'this user has not connected it',
  },
  {
    pattern: /^\/api\/apps\/[^/]+\/connectors\/([\w-]+)\/call$/,
    text: '$1, to call its API',
    missing: 'not metered, or not connected: --connect $1',
  },
  { pattern: /^\/consent\/[\w-]+$/, text: 'consent page' },
];

const WRONG_IDENTITY = 'the app id or a token differs from .env';
const METERED = 'metered, so it has no token: use callApi()';
const FOREIGN_HOST = 'the emulator serves requests to localhost only';

/**
 * Returns one line about a request and its response. It contains no header, query or body, because these
 * can contain secrets.
 *
 * @param users - the ids of the users by their tokens
 */
export function describeRequest(
  { method, path, headers, status }: RecordedRequest,
  users: ReadonlyMap<string, string>,
): string {
  const [pathname = ''] = path.split('?');
  const route = ROUTES.find(({ pattern }) => pattern.test(pathname));
  const fill = (text: string) => pathname.replace(route?.pattern ?? pathname, text);
  const what = route === undefined ? redactPath(pathname) : fill(route.text);
  const user = findUser(headers, users);
  const who = user === undefined ? '' : `, as user ${user}`;
  if (status === undefined) return `${method} ${what}${who} → no response`;
  const remedies: Readonly<Record<number, string | undefined>> = {
    401: WRONG_IDENTITY,
    403: method === 'GET' && findDescription(fill('$1'))?.isMetered ? METERED : FOREIGN_HOST,
    404: route === undefined ? 'not part of the connectors API' : route.missing,
  };
  const remedy = remedies[status];
  return `${method} ${what}${who} → ${status}${remedy === undefined ? '' : ` (${fill(remedy)})`}`;
}

/** Hides long segments, which may be tokens, and characters that can change the terminal. */
function redactPath(pathname: string): string {
  return pathname.replace(/[^/]{25,}/g, '…').replace(/[^\x21-\x7e…]/g, '?');
}

function findUser(
  headers: RecordedRequest['headers'],
  users: ReadonlyMap<string, string>,
): string | undefined {
  const header = headers['on-behalf-of'] ?? headers.authorization;
  return users.get(String(header).replace(/^Bearer /, ''));
}
