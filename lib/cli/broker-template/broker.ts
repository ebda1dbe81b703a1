/**
 * Hands out connections of this Base44 app to one backend outside of Base44, which signs its
 * requests with a secret that only it and this function know. Web standards only.
 *
 * What is checked, in this order: the size, the signature (HMAC-SHA256, constant time), the clock
 * (five minutes), that the request is no repetition, the list of connectors, the user.
 */

/** The part of `@base44/sdk` that is asked. */
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
  /** Reads a secret of the app: CONNECTORS_BROKER_SECRET and its like. */
  readonly secret: (name: string) => string | undefined;
  /** The connectors of the service role, for the request that Base44 forwarded. */
  readonly connectors: (request: Request) => ServiceRoleConnectors;
}

const MAX_BODY_BYTES = 1_048_576;
const CLOCK_WINDOW_MS = 300_000;
const MIN_SECRET_LENGTH = 32;
const FUNCTION_PATH = '/functions/connectors-broker';
const IDENTIFIER = /^[a-z0-9](?:[a-z0-9_-]{0,126}[a-z0-9])?$/i;

/** A refusal of this function: a status and a code of its own. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(code);
  }
}

export function createBroker({ secret, connectors }: BrokerSettings) {
  /** Nonces of the last minutes, by when they may be forgotten. Other instances do not know them. */
  const seen = new Map<string, number>();

  return async (request: Request): Promise<Response> => {
    try {
      const body = await verifiedBody(request, secret, seen);
      return Response.json(await answerTo(body, request));
    } catch (error) {
      return refusalOf(error);
    }
  };

  async function answerTo(body: Record<string, unknown>, request: Request): Promise<unknown> {
    const allowed = (secret('CONNECTORS_BROKER_ALLOW') ?? '').split(',').map((name) => name.trim());
    const { operation, connector, user } = body;
    if (operation === 'check') return { ok: true, allowed: allowed.filter(Boolean) };
    const { kind, id } = Object(connector) as Record<string, unknown>;
    if (typeof id !== 'string' || !IDENTIFIER.test(id))
      throw new Refusal(400, 'broker_bad_request');
    const name = kind === 'integrationType' ? id : `${String(kind)}:${id}`;
    if (!allowed.includes(name)) throw new Refusal(403, 'broker_connector_not_allowed');
    // The signed body names the user, so nobody can put another one's token on the request.
    const bearer = request.headers.get('Authorization');
    if ((bearer === null ? null : await sha256(bearer)) !== (user ?? null)) {
      throw new Refusal(401, 'broker_user_mismatch');
    }
    const app = serviceRoleOf(request);
    if (operation === 'callApi' && kind === 'integrationType') {
      return app.callApi(id, body.request).then(wireNamesOf);
    }
    if (operation !== 'connection') throw new Refusal(400, 'broker_bad_request');
    const { accessToken, connectionConfig } = await connectionFrom(app, kind, id);
    return { access_token: accessToken, integration_type: id, connection_config: connectionConfig };
  }

  function serviceRoleOf(request: Request): ServiceRoleConnectors {
    try {
      return connectors(request);
    } catch {
      throw new Refusal(500, 'broker_no_service_role');
    }
  }
}

function connectionFrom(
  app: ServiceRoleConnectors,
  kind: unknown,
  id: string,
): Promise<Connection> {
  switch (kind) {
    case 'integrationType':
      return app.getConnection(id);
    case 'workspaceConnector':
      return app.getWorkspaceConnection(id);
    case 'appUserConnector':
      return app.getCurrentAppUserConnection(id);
    default:
      throw new Refusal(400, 'broker_bad_request');
  }
}

async function verifiedBody(
  request: Request,
  secret: BrokerSettings['secret'],
  seen: Map<string, number>,
): Promise<Record<string, unknown>> {
  const keys = ['CONNECTORS_BROKER_SECRET', 'CONNECTORS_BROKER_PREVIOUS_SECRET']
    .map(secret)
    .filter((key): key is string => key !== undefined && key.length >= MIN_SECRET_LENGTH);
  if (keys.length === 0) throw new Refusal(500, 'broker_not_configured');
  const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map(
    (name) => request.headers.get(`x-connectors-${name}`) ?? '',
  ) as [string, string, string];
  const isWellFormed =
    /^\d{13}$/.test(timestamp) && /^[\w-]{22}$/.test(nonce) && /^[0-9a-f]{64}$/.test(signature);
  if (!isWellFormed) throw new Refusal(401, 'broker_signature_invalid');

  const body = await limitedBody(request);
  const { pathname } = new URL(request.url);
  // Base44 serves a function under two addresses, both ending like this.
  const at = pathname.lastIndexOf('/functions/');
  const path = at === -1 ? FUNCTION_PATH : pathname.slice(at);
  const signed = [request.method, path, timestamp, nonce, await sha256(body)].join('\n');
  const matches = await Promise.all(keys.map((key) => verify(key, signature, signed)));
  if (!matches.includes(true)) throw new Refusal(401, 'broker_signature_invalid');

  const now = Date.now();
  if (Math.abs(now - Number(timestamp)) > CLOCK_WINDOW_MS) {
    throw new Refusal(401, 'broker_clock_skew', { now });
  }
  for (const [old, until] of seen) {
    if (until >= now) break;
    seen.delete(old);
  }
  if (seen.has(nonce)) throw new Refusal(401, 'broker_replayed');
  seen.set(nonce, now + 2 * CLOCK_WINDOW_MS);
  return parsed(new TextDecoder().decode(body));
}

async function limitedBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Refusal(413, 'broker_body_too_large');
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function parsed(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'broker_bad_request');
  }
}

/** `crypto.subtle.verify` takes as long for a wrong signature as for a right one. */
async function verify(secret: string, signature: string, text: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'verify',
  ]);
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (hex) => parseInt(hex, 16));
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(text));
}

async function sha256(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function wireNamesOf(answer: Record<string, unknown>): Record<string, unknown> {
  const { status, dataBase64, contentType, creditsCharged, ...same } = answer;
  return {
    ...same,
    status_code: status,
    data_base64: dataBase64,
    content_type: contentType,
    credits_charged: creditsCharged,
  };
}

/** Passes on what Base44 answered: the status and the code, and no text, which may echo what was sent. */
function refusalOf(error: unknown): Response {
  if (error instanceof Refusal) {
    const { status, code, details } = error;
    return Response.json({ source: 'connectors-broker', code, ...details }, { status });
  }
  const { status, code, data, originalError } = Object(error) as {
    status?: unknown;
    code?: unknown;
    data?: unknown;
    originalError?: { response?: { headers?: Record<string, unknown> } };
  };
  // A page at 404 is not Base44's word that nothing is connected.
  const isPage = status === 404 && typeof data === 'string';
  const isOfBase44 = typeof status === 'number' && status >= 400 && status <= 599 && !isPage;
  const retryAfter = originalError?.response?.headers?.['retry-after'];
  return Response.json(
    {
      source: 'connectors-broker',
      code: isOfBase44 && typeof code === 'string' ? code : 'broker_upstream_failed',
    },
    {
      status: isOfBase44 ? status : 502,
      headers: typeof retryAfter === 'string' ? { 'Retry-After': retryAfter } : {},
    },
  );
}
