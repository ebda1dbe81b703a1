/**
 * Returns connections of this Base44 app to one backend outside Base44. The backend signs its
 * requests with a secret that only the backend and this function know. Uses Web standards only.
 *
 * Each request passes these checks in this order: size, signature (HMAC-SHA256 in constant time),
 * clock (five minutes), replay, list of allowed connectors, user.
 */

import { readVerifiedBody, Rejection, sha256 } from './signature.ts';

/** The methods of `@base44/sdk` that this function calls. */
export interface ServiceRoleConnectors {
  getConnection(integrationType: string): Promise<Connection>;
  getWorkspaceConnection(connectorId: string): Promise<Connection>;
  getCurrentAppUserConnection(connectorId: string): Promise<Connection>;
  callApi(integrationType: string, request: unknown): Promise<Record<string, unknown>>;
}

interface Connection {
  readonly accessToken: string;
  readonly connectionConfig: unknown;
}

export interface BrokerSettings {
  /** Returns a secret of the app, such as CONNECTORS_BROKER_SECRET. */
  readonly secret: (name: string) => string | undefined;
  /** Returns the connectors of the service role for the headers that Base44 added to a request. */
  readonly connectors: (request: Request) => ServiceRoleConnectors;
}

/** The server that receives the service token, unless CONNECTORS_BROKER_SERVER_URL names another. */
const SERVER_URL = 'https://base44.app';

/** The headers of Base44 that `@base44/sdk` needs. The user's token is in the signed body, as a hash. */
const FORWARDED_HEADERS = [
  'Authorization',
  'Base44-Service-Authorization',
  'Base44-App-Id',
  'Base44-State',
  'X-Data-Env',
];

/** The code of Base44's errors that the backend reads. */
const METERED = 'metered_connector_requires_proxy';

/** Seconds, or an HTTP date. */
const RETRY_AFTER = /^(\d{1,10}|[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT)$/;

const IDENTIFIER = /^[a-z0-9_-]{1,128}$/i;

export function createBroker({ secret, connectors }: BrokerSettings) {
  /** Recent nonces and their expiry times. Each instance of the function has its own. */
  const nonces = new Map<string, number>();

  return async (request: Request): Promise<Response> => {
    try {
      const body = await readVerifiedBody(request, secret, nonces);
      return Response.json(await execute(body, request));
    } catch (error) {
      return toErrorResponse(error);
    }
  };

  async function execute(body: Record<string, unknown>, request: Request): Promise<unknown> {
    const allowed = (secret('CONNECTORS_BROKER_ALLOW') ?? '').split(',').map((name) => name.trim());
    const { operation, connector, user } = body;
    if (operation === 'check') return { ok: true, allowed: allowed.filter(Boolean) };
    const { kind, id } = Object(connector) as Record<string, unknown>;
    if (typeof id !== 'string' || !IDENTIFIER.test(id)) {
      throw new Rejection(400, 'broker_bad_request');
    }
    const name = kind === 'integrationType' ? id : `${String(kind)}:${id}`;
    if (!allowed.includes(name)) throw new Rejection(403, 'broker_connector_not_allowed');
    // The signed body contains the hash of the user's token, so the token cannot be exchanged.
    const bearer = request.headers.get('Authorization');
    if ((bearer === null ? null : await sha256(bearer)) !== (user ?? null)) {
      throw new Rejection(401, 'broker_user_mismatch');
    }
    const serviceRole = getServiceRole(request);
    if (operation === 'callApi' && kind === 'integrationType') {
      return serviceRole.callApi(id, body.request).then(toWireFormat);
    }
    if (operation !== 'connection') throw new Rejection(400, 'broker_bad_request');
    const { accessToken, connectionConfig } = await fetchConnection(serviceRole, kind, id);
    return { access_token: accessToken, integration_type: id, connection_config: connectionConfig };
  }

  function getServiceRole(request: Request): ServiceRoleConnectors {
    const trusted = toTrustedRequest(request, secret('CONNECTORS_BROKER_SERVER_URL'));
    try {
      return connectors(trusted);
    } catch {
      throw new Rejection(500, 'broker_no_service_role');
    }
  }
}

/** Returns a request without Base44-Api-Url, which would choose the server that receives the service token. */
function toTrustedRequest({ url, headers }: Request, serverUrl = SERVER_URL): Request {
  const trusted = new Headers({ 'Base44-Api-Url': serverUrl });
  for (const name of FORWARDED_HEADERS) {
    const value = headers.get(name);
    if (value !== null) trusted.set(name, value);
  }
  // The SDK writes the app's id into the path of its requests.
  if (!IDENTIFIER.test(trusted.get('Base44-App-Id') ?? '')) {
    throw new Rejection(500, 'broker_no_service_role');
  }
  return new Request(url, { headers: trusted });
}

function fetchConnection(
  serviceRole: ServiceRoleConnectors,
  kind: unknown,
  id: string,
): Promise<Connection> {
  switch (kind) {
    case 'integrationType':
      return serviceRole.getConnection(id);
    case 'workspaceConnector':
      return serviceRole.getWorkspaceConnection(id);
    case 'appUserConnector':
      return serviceRole.getCurrentAppUserConnection(id);
    default:
      throw new Rejection(400, 'broker_bad_request');
  }
}

function toWireFormat(response: Record<string, unknown>): Record<string, unknown> {
  const { status, dataBase64, contentType, creditsCharged, ...rest } = response;
  return {
    ...rest,
    status_code: status,
    data_base64: dataBase64,
    content_type: contentType,
    credits_charged: creditsCharged,
  };
}

/** Passes on the status and the known code of Base44's error, because its texts can repeat a credential. */
function toErrorResponse(error: unknown): Response {
  const source = 'connectors-broker';
  if (error instanceof Rejection) {
    const { status, code, details } = error;
    return Response.json({ source, code, ...details }, { status });
  }
  const { status, code, data, originalError } = Object(error) as Record<string, unknown> & {
    originalError?: { response?: { headers?: Record<string, unknown> } };
  };
  // A web page with status 404 does not mean that the connector is not connected.
  const isPage = status === 404 && typeof data === 'string';
  const isFromBase44 = typeof status === 'number' && status >= 400 && status <= 599 && !isPage;
  const retryAfter = String(originalError?.response?.headers?.['retry-after']);
  return Response.json(
    { source, code: code === METERED ? code : 'broker_upstream_failed' },
    {
      status: isFromBase44 ? status : 502,
      headers: RETRY_AFTER.test(retryAfter) ? { 'Retry-After': retryAfter } : {},
    },
  );
}
