import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '../common/secret.js';
import { removeTrailingSlashes } from '../common/server-url.js';
import { isBearerToken } from '../common/well-formed.js';
import { InvalidRequestError, UntrustedRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import {
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  type RequestSettings,
} from '../options/connectors.options.js';
import { ActingIdentity } from './acting-identity.js';
import { getCookie, getHeader, parseBearer } from './request-headers.js';

/** The length limit: more than Base44's values need, less than servers accept in headers. */
const MAX_STATE_LENGTH = 8_192;

/** The cookie from which `createServerClient` of `@base44/sdk` reads the user's token. */
const SESSION_COOKIE = 'base44_access_token';

/** The length limit of a server's URL. Parsing a URL takes quadratic time for some hosts. */
const MAX_SERVER_URL_LENGTH = 2_048;

/**
 * Reads the identity from incoming requests, to the extent that the options permit.
 *
 * @internal
 */
@Injectable()
export class IdentityReader {
  /** The configured identity: the service token of the options, and no user. */
  readonly configured: ActingIdentity;
  readonly #settings: RequestSettings | undefined;
  readonly #serverUrls: ReadonlyMap<string | undefined, string>;
  readonly #appIds: ReadonlySet<string>;

  constructor(@Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>) {
    const { serverUrl, appId, appUrl, request } = options.reveal();
    this.configured = new ActingIdentity({ serverUrl, appId, appUrl });
    this.#settings = request;
    // The configured URL comes last, so that its spelling wins.
    const trusted = [...(request?.trustedServerUrls ?? []), serverUrl];
    this.#serverUrls = new Map(trusted.map((url) => [normalizeUrl(url), url] as const));
    this.#appIds = new Set([appId, ...(request?.trustedAppIds ?? [])]);
  }

  /** Whether the options permit reading incoming requests. */
  get readsRequests(): boolean {
    return this.#settings !== undefined;
  }

  /**
   * Returns the identity of a request, or the configured identity outside of requests.
   *
   * @throws {@link UntrustedRequestError} when the request names a server or an app that is not trusted
   * @throws {@link InvalidRequestError} when its headers are malformed, or its user token cannot be sent
   */
  read(request: IncomingRequest | undefined): ActingIdentity {
    if (this.#settings === undefined || request === undefined) return this.configured;
    return this.readServiceRole(request).asUser(getUserToken(request, this.#settings));
  }

  /** Returns the identity of a request without its user. Throws like {@link read}. */
  readServiceRole(request: IncomingRequest | undefined): ActingIdentity {
    return this.#settings?.base44Headers && request
      ? this.#parseServiceRole(request)
      : this.configured;
  }

  #parseServiceRole(request: IncomingRequest): ActingIdentity {
    const requestedUrl = this.#getTrustedServerUrl(request);
    const appId = this.#getTrustedAppId(request);
    const authorization = getHeader(request, 'Base44-Service-Authorization');
    if (authorization === undefined) return this.#requireConfigured(requestedUrl, appId);
    const serviceToken = parseBearer(authorization);
    if (serviceToken === undefined) {
      throw new InvalidRequestError(
        'Invalid authorization header format. Expected "Bearer <token>" in Base44-Service-Authorization',
      );
    }
    if (appId === undefined) {
      throw new InvalidRequestError(
        'Base44-App-Id header is required, but it was not found on the request',
      );
    }
    const serverUrl = requestedUrl ?? this.configured.serverUrl;
    return new ActingIdentity({
      serverUrl,
      appId,
      appUrl: this.#isConfigured(serverUrl, appId) ? this.configured.appUrl : undefined,
      serviceToken: new Secret(serviceToken),
      state: getState(request),
      dataEnv: getDataEnv(request),
    });
  }

  /** Returns the configured identity. Its service token is for the configured server and app only. */
  #requireConfigured(
    serverUrl = this.configured.serverUrl,
    appId = this.configured.appId,
  ): ActingIdentity {
    if (this.#isConfigured(serverUrl, appId)) return this.configured;
    throw new UntrustedRequestError(
      'The request names another Base44 app or server than the options, but has no Base44-Service-Authorization ' +
        'for it. Forward that header too',
    );
  }

  #isConfigured(serverUrl: string, appId: string): boolean {
    return serverUrl === this.configured.serverUrl && appId === this.configured.appId;
  }

  #getTrustedServerUrl(request: IncomingRequest): string | undefined {
    const requested = getHeader(request, 'Base44-Api-Url');
    if (requested === undefined) return undefined;
    const isParsed = requested.length <= MAX_SERVER_URL_LENGTH;
    const trusted = isParsed ? this.#serverUrls.get(normalizeUrl(requested)) : undefined;
    if (trusted !== undefined) return trusted;
    throw new UntrustedRequestError(
      'The request names a Base44 server that is not trusted. ' +
        'If it is yours, add it to request.trustedServerUrls.',
    );
  }

  #getTrustedAppId(request: IncomingRequest): string | undefined {
    const requested = getHeader(request, 'Base44-App-Id');
    if (requested === undefined || this.#appIds.has(requested)) return requested;
    throw new UntrustedRequestError(
      'The request names another Base44 app than appId. ' +
        'If it is yours, add it to request.trustedAppIds.',
    );
  }
}

/**
 * Parses the token of a user, as an application provides it.
 *
 * @returns `undefined` for `undefined`, `null` and an empty string
 * @throws {@link InvalidRequestError} when the token cannot be sent
 * @internal
 */
export function parseUserToken(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (isBearerToken(value)) return value;
  throw new InvalidRequestError(
    "The token of the app's user must be a string without 'Bearer', spaces and line breaks",
  );
}

function getUserToken(
  request: IncomingRequest,
  { base44Headers, base44Cookie, appUserToken }: RequestSettings,
): string | undefined {
  if (appUserToken !== undefined) return parseUserToken(appUserToken(request));
  const bearer = base44Headers ? parseBearer(getHeader(request, 'Authorization')) : undefined;
  return bearer ?? (base44Cookie ? getCookieToken(request) : undefined);
}

/** Returns the user's token in the cookie. A malformed token signs no user in. */
function getCookieToken(request: IncomingRequest): string | undefined {
  const token = getCookie(request, SESSION_COOKIE);
  return isBearerToken(token) ? token : undefined;
}

function getState(request: IncomingRequest): Secret | undefined {
  const state = getHeader(request, 'Base44-State');
  if (state === undefined || state === '') return undefined;
  if (state.length <= MAX_STATE_LENGTH && /^[\x20-\x7e]+$/.test(state)) return new Secret(state);
  throw new InvalidRequestError('The header Base44-State cannot be forwarded');
}

function getDataEnv(request: IncomingRequest): 'dev' | 'prod' | undefined {
  const dataEnv = getHeader(request, 'X-Data-Env');
  return dataEnv === 'dev' || dataEnv === 'prod' ? dataEnv : undefined;
}

/** Returns the same string for all spellings of a URL. */
function normalizeUrl(url: string): string | undefined {
  return URL.canParse(url) ? removeTrailingSlashes(new URL(url).href) : undefined;
}
