/**
 * Returns connections of this Base44 app to one backend outside Base44. The backend signs its
 * requests with a secret that only the backend and this function know. Uses Web standards only.
 *
 * Each request passes these checks in this order: size, signature (HMAC-SHA256 in constant time),
 * clock (five minutes), replay, list of allowed connectors, user.
 */

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
  /** Returns the connectors of the service role for a request that Base44 forwarded. */
  readonly connectors: (request: Request) => ServiceRoleConnectors;
}

const MAX_BODY_BYTES = 1_048_576;
const CLOCK_WINDOW_MS = 300_000;
const MIN_SECRET_LENGTH = 32;
const FUNCTION_PATH = '/functions/connectors-broker';
const IDENTIFIER = /^[a-z0-9](?:[a-z0-9_-]{0,126}[a-z0-9])?$/i;

/** The rejection of a request, with the status and the code of the response. */
class Rejection extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

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
    try {
      return connectors(request);
    } catch {
      throw new Rejection(500, 'broker_no_service_role');
    }
  }
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

async function readVerifiedBody(
  request: Request,
  secret: BrokerSettings['secret'],
  nonces: Map<string, number>,
): Promise<Record<string, unknown>> {
  const keys = ['CONNECTORS_BROKER_SECRET', 'CONNECTORS_BROKER_PREVIOUS_SECRET']
    .map(secret)
    .filter((key): key is string => key !== undefined && key.length >= MIN_SECRET_LENGTH);
  if (keys.length === 0) throw new Rejection(500, 'broker_not_configured');
  const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map(
    (name) => request.headers.get(`x-connectors-${name}`) ?? '',
  ) as [string, string, string];
  const isWellFormed =
    /^\d{13}$/.test(timestamp) && /^[\w-]{22}$/.test(nonce) && /^[0-9a-f]{64}$/.test(signature);
  if (!isWellFormed) throw new Rejection(401, 'broker_signature_invalid');

  const body = await readBody(request);
  const signed = [request.method, getPath(request), timestamp, nonce, await sha256(body)];
  const matches = await Promise.all(keys.map((key) => verify(key, signature, signed.join('\n'))));
  if (!matches.includes(true)) throw new Rejection(401, 'broker_signature_invalid');
  checkFreshness(Number(timestamp), nonce, nonces);
  return parseJson(new TextDecoder().decode(body));
}

/** Returns the path with which both addresses of a Base44 function end. */
function getPath(request: Request): string {
  const { pathname } = new URL(request.url);
  const start = pathname.lastIndexOf('/functions/');
  return start === -1 ? FUNCTION_PATH : pathname.slice(start);
}

function checkFreshness(timestampMs: number, nonce: string, nonces: Map<string, number>): void {
  const now = Date.now();
  if (Math.abs(now - timestampMs) > CLOCK_WINDOW_MS) {
    throw new Rejection(401, 'broker_clock_skew', { now });
  }
  for (const [old, expiresAtMs] of nonces) {
    if (expiresAtMs >= now) break;
    nonces.delete(old);
  }
  if (nonces.has(nonce)) throw new Rejection(401, 'broker_replayed');
  nonces.set(nonce, now + 2 * CLOCK_WINDOW_MS);
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Rejection(413, 'broker_body_too_large');
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Rejection(400, 'broker_bad_request');
  }
}

/** Uses `crypto.subtle.verify` because its duration does not depend on the signature. */
async function verify(secret: string, signature: string, text: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const secretBytes = encoder.encode(secret);
  const key = await crypto.subtle.importKey('raw', secretBytes, algorithm, false, ['verify']);
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (hex) => parseInt(hex, 16));
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text));
}

async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
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

/** Passes on the status and the code of Base44's error, but not its text, which can repeat a credential. */
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
  const retryAfter = originalError?.response?.headers?.['retry-after'];
  return Response.json(
    { source, code: isFromBase44 && typeof code === 'string' ? code : 'broker_upstream_failed' },
    {
      status: isFromBase44 ? status : 502,
      headers: typeof retryAfter === 'string' ? { 'Retry-After': retryAfter } : {},
    },
  );
}
