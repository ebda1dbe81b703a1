import { HttpError, type EmulatorResponse } from '../http/emulator-response.js';
import {
  methodNotAllowed,
  routeNotFound,
  unauthorized,
  validationFailed,
} from '../http/error-responses.js';
import type { RecordedRequest } from '../http/recorded-request.js';
import { isIdentifier } from '../state/emulated-connector.js';
import type { EmulatorState } from '../state/emulator-state.js';
import { requireAppUser, requireServiceRole } from './authentication.js';
import {
  callMeteredConnector,
  endConnection,
  getAppUserToken,
  getIntegrationTypeToken,
  getWorkspaceToken,
  initiateConnection,
  type ConnectorRequest,
  type UserRequest,
} from './connector.handlers.js';
import { decideConsent, showConsentPage } from './consent-page.js';

type Params = Readonly<Record<string, string>>;
type Result = EmulatorResponse | Promise<EmulatorResponse>;
type Handler = (state: EmulatorState, request: RecordedRequest, params: Params) => Result;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: Handler;
}

const ROUTES: readonly Route[] = [
  route('GET', '/external-auth/tokens/:connector', asService(getIntegrationTypeToken)),
  route('GET', '/external-auth/tokens/connectors/:connector', asService(getWorkspaceToken)),
  route('GET', '/app-user-auth/connectors/:connector/token', asService(getAppUserToken)),
  route('POST', '/connectors/:connector/call', asService(callMeteredConnector)),
  route('POST', '/app-user-auth/connectors/:connector/initiate', asUser(initiateConnection)),
  route('DELETE', '/app-user-auth/connectors/:connector', asUser(endConnection)),
  page('GET', (state, _request, { consent = '' }) => showConsentPage(state, consent)),
  page('POST', (state, { rawBody }, { consent = '' }) => decideConsent(state, consent, rawBody)),
];

/** Responds as Base44 does: it checks the credentials first, then the app, then the connector. */
export async function respondTo(
  state: EmulatorState,
  request: RecordedRequest,
): Promise<EmulatorResponse> {
  const path = decodePath(request.path);
  const routes = ROUTES.filter(({ pattern }) => pattern.test(path));
  if (routes.length === 0) return routeNotFound;
  const found = routes.find(({ method }) => method === request.method);
  if (!found) return methodNotAllowed(routes.map(({ method }) => method));
  return found.handle(state, request, parseParams(found, path));
}

/** Finds the connector in the path of a request with any method. */
export function findConnector(request: Pick<RecordedRequest, 'path'>): string | undefined {
  const path = decodePath(request.path);
  const found = ROUTES.find(({ pattern }) => pattern.test(path));
  return found && parseParams(found, path).connector;
}

function route(method: string, template: string, handle: Handler): Route {
  const source = `/api/apps/:app${template}`.replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${source}$`), handle };
}

function page(method: string, handle: Handler): Route {
  return { method, pattern: /^\/consent\/(?<consent>[^/]+)$/, handle };
}

function asService(handle: (request: ConnectorRequest) => Result): Handler {
  return (state, request, params) => {
    requireServiceRole(state, request);
    return handle(toConnectorRequest(state, request, params));
  };
}

function asUser(handle: (request: UserRequest) => Result): Handler {
  return (state, request, params) => {
    const user = requireAppUser(state, request);
    return handle({ ...toConnectorRequest(state, request, params), user });
  };
}

function toConnectorRequest(
  state: EmulatorState,
  request: RecordedRequest,
  { app, connector = '' }: Params,
): ConnectorRequest {
  const appIds = [app, request.headers['x-app-id'] ?? app];
  if (appIds.some((appId) => appId !== state.appId)) throw new HttpError(unauthorized);
  if (!isIdentifier(connector)) throw new HttpError(malformedConnector(connector));
  return { state, request, connector };
}

function malformedConnector(input: string): EmulatorResponse {
  const msg = 'String should be letters, digits, _ and -';
  const loc = ['path', 'connector'];
  return validationFailed([{ type: 'string_pattern_mismatch', loc, msg, input }]);
}

/** Decodes the path before routing, as some servers do, so an encoded slash reaches another route. */
function decodePath(url: string): string {
  const [path = ''] = url.split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parseParams({ pattern }: Route, path: string): Params {
  return pattern.exec(path)?.groups ?? {};
}
