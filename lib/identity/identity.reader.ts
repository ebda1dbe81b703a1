import { InvalidRequestError, UntrustedRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import type { ConnectorsOptions, RequestSettings } from '../options/connectors.options.js';
import { isBearerToken } from '../common/well-formed.js';
import { ActingIdentity } from './acting-identity.js';
import { parseBearer, getHeader } from './request-headers.js';
import { Secret } from '../common/secret.js';

/** More than Base44 puts there, less than servers accept in a header. */
const MAX_STATE_LENGTH = 8_192;

/**
 * Reads from incoming requests who acts, as far as the options permit.
 *
 * @internal
 */
export class IdentityReader {
  /** The one of the options: their service token, and no user. */
  readonly own: ActingIdentity;
  readonly #settings: RequestSettings | undefined;
  readonly #serverUrls: ReadonlyMap<string | undefined, string>;
  readonly #appIds: ReadonlySet<string>;

  constructor({
    serverUrl,
    appId,
    request,
  }: Pick<ConnectorsOptions, 'serverUrl' | 'appId' | 'request'>) {
    this.own = new ActingIdentity({ serverUrl, appId });
    this.#settings = request;
    // Its own comes last, so that its spelling counts.
    const trusted = [...(request?.trustedServerUrls ?? []), serverUrl];
    this.#serverUrls = new Map(trusted.map((url) => [comparable(url), url] as const));
    this.#appIds = new Set([appId, ...(request?.trustedAppIds ?? [])]);
  }

  /** Whether requests have anything to say. */
  get readsRequests(): boolean {
    return this.#settings !== undefined;
  }

  /**
   * @throws {@link UntrustedRequestError} when it names a server or an app that is not trusted
   * @throws {@link InvalidRequestError} when its headers are malformed, or no such user token can be sent
   */
  read(request: IncomingRequest | undefined): ActingIdentity {
    if (this.#settings === undefined || request === undefined) return this.own;
    const serviceRole = this.readServiceRole(request);
    const userToken = this.#userTokenIn(request, this.#settings);
    return userToken === undefined ? serviceRole : serviceRole.asUser(userToken);
  }

  /** The same, whoever the user is. */
  readServiceRole(request: IncomingRequest | undefined): ActingIdentity {
    return this.#settings?.base44Headers && request ? this.#serviceRoleIn(request) : this.own;
  }

  #serviceRoleIn(request: IncomingRequest): ActingIdentity {
    const serverUrl = this.#serverIn(request);
    const appId = this.#appIn(request);
    const authorization = getHeader(request, 'Base44-Service-Authorization');
    if (authorization === undefined) return this.#ownFor(serverUrl, appId);
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
    return new ActingIdentity({
      serverUrl: serverUrl ?? this.own.serverUrl,
      appId,
      serviceToken: new Secret(serviceToken),
      state: stateIn(request),
      dataEnv: dataEnvIn(request),
    });
  }

  /** The service token of the options is for their own server and app. */
  #ownFor(serverUrl = this.own.serverUrl, appId = this.own.appId): ActingIdentity {
    if (serverUrl === this.own.serverUrl && appId === this.own.appId) return this.own;
    throw new UntrustedRequestError(
      'The request names another Base44 app or server than the options, ' +
        'but carries no Base44-Service-Authorization for it',
    );
  }

  #serverIn(request: IncomingRequest): string | undefined {
    const named = getHeader(request, 'Base44-Api-Url');
    if (named === undefined) return undefined;
    const trusted = this.#serverUrls.get(comparable(named));
    if (trusted !== undefined) return trusted;
    throw new UntrustedRequestError(
      'The request names a Base44 server that is not trusted. ' +
        'If it is yours, add it to request.trustedServerUrls.',
    );
  }

  #appIn(request: IncomingRequest): string | undefined {
    const named = getHeader(request, 'Base44-App-Id');
    if (named === undefined || this.#appIds.has(named)) return named;
    throw new UntrustedRequestError(
      'The request names another Base44 app than appId. ' +
        'If it is yours, add it to request.trustedAppIds.',
    );
  }

  #userTokenIn(
    request: IncomingRequest,
    { base44Headers, appUserToken }: RequestSettings,
  ): string | undefined {
    if (appUserToken !== undefined) return parseUserToken(appUserToken(request));
    return base44Headers ? parseBearer(getHeader(request, 'Authorization')) : undefined;
  }
}

/**
 * The token of a user, as an application gives it.
 *
 * @throws {@link InvalidRequestError} when it cannot be sent
 * @internal
 */
export function parseUserToken(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (isBearerToken(value)) return value;
  throw new InvalidRequestError(
    "The token of the app's user must be a string without 'Bearer', spaces and line breaks",
  );
}

function stateIn(request: IncomingRequest): Secret | undefined {
  const state = getHeader(request, 'Base44-State');
  if (state === undefined || state === '') return undefined;
  if (state.length <= MAX_STATE_LENGTH && /^[\x20-\x7e]+$/.test(state)) {
    return new Secret(state);
  }
  throw new InvalidRequestError('The header Base44-State cannot be sent on');
}

function dataEnvIn(request: IncomingRequest): 'dev' | 'prod' | undefined {
  const dataEnv = getHeader(request, 'X-Data-Env');
  return dataEnv === 'dev' || dataEnv === 'prod' ? dataEnv : undefined;
}

/** Addresses of servers that differ in nothing but spelling are equal. */
function comparable(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).href.replace(/\/+$/, '') : undefined;
}
