import { approveConsent, showConsent } from './consent-page.js';
import { isIdentifier } from './emulated-connector.js';
import {
  appNotFound,
  invalid,
  methodNotAllowed,
  Refusal,
  routeNotFound,
  type Answer,
} from './emulator-answers.js';
import {
  appUserToken,
  end,
  initiate,
  integrationTypeToken,
  meteredCall,
  workspaceConnectorToken,
  type ConnectorCall,
  type UserCall,
} from './emulator-handlers.js';
import { requireAppUser, requireServiceRole } from './emulator-identity.js';
import type { EmulatorState } from './emulator-state.js';
import type { RecordedRequest } from './recorded-request.js';

type Params = Readonly<Record<string, string>>;
type Handler = (state: EmulatorState, request: RecordedRequest, params: Params) => Answered;
type Answered = Answer | Promise<Answer>;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: Handler;
}

const ROUTES: readonly Route[] = [
  route('GET', '/external-auth/tokens/:connector', asService(integrationTypeToken)),
  route('GET', '/external-auth/tokens/connectors/:connector', asService(workspaceConnectorToken)),
  route('GET', '/app-user-auth/connectors/:connector/token', asService(appUserToken)),
  route('POST', '/connectors/:connector/call', asService(meteredCall)),
  route('POST', '/app-user-auth/connectors/:connector/initiate', asUser(initiate)),
  route('DELETE', '/app-user-auth/connectors/:connector', asUser(end)),
  page('GET', (state, _request, { consent = '' }) => showConsent(state, consent)),
  page('POST', (state, _request, { consent = '' }) => approveConsent(state, consent)),
];

/** Answers as Base44 would: who asks is looked at first, then the app, then the connector. */
export async function answerTo(state: EmulatorState, request: RecordedRequest): Promise<Answer> {
  const path = decodedPath(request.path);
  const here = ROUTES.filter(({ pattern }) => pattern.test(path));
  if (here.length === 0) return routeNotFound;
  const found = here.find(({ method }) => method === request.method);
  if (!found) return methodNotAllowed(here.map(({ method }) => method));
  return found.handle(state, request, paramsIn(found, path));
}

/** The connector that a request is about, whatever its method. */
export function connectorNamedIn({ path }: Pick<RecordedRequest, 'path'>): string | undefined {
  const decoded = decodedPath(path);
  const found = ROUTES.find(({ pattern }) => pattern.test(decoded));
  const { connector } = found ? paramsIn(found, decoded) : {};
  return connector;
}

function route(method: string, template: string, handle: Handler): Route {
  const source = `/api/apps/:app${template}`.replace(/:(\w+)/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${source}$`), handle };
}

function page(method: string, handle: Handler): Route {
  return { method, pattern: /^\/consent\/(?<consent>[^/]+)$/, handle };
}

function asService(handle: (call: ConnectorCall) => Answered): Handler {
  return (state, request, params) => {
    requireServiceRole(state, request);
    return handle(connectorCall(state, request, params));
  };
}

function asUser(handle: (call: UserCall) => Answered): Handler {
  return (state, request, params) => {
    const user = requireAppUser(state, request);
    return handle({ ...connectorCall(state, request, params), user });
  };
}

function connectorCall(
  state: EmulatorState,
  request: RecordedRequest,
  { app, connector = '' }: Params,
): ConnectorCall {
  const named = [app, request.headers['x-app-id'] ?? app];
  if (named.some((appId) => appId !== state.appId)) throw new Refusal(appNotFound);
  if (!isIdentifier(connector)) throw new Refusal(malformed(connector));
  return { state, request, connector };
}

function malformed(input: string): Answer {
  const msg = 'String should be letters, digits, _ and -, alphanumeric at both ends';
  return invalid([{ type: 'string_pattern_mismatch', loc: ['path', 'connector'], msg, input }]);
}

/** Decoded before it is routed, as some servers do: an encoded slash reaches another route. */
function decodedPath(url: string): string {
  const [path = ''] = url.split('?');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function paramsIn({ pattern }: Route, path: string): Params {
  return pattern.exec(path)?.groups ?? {};
}
