/**
 * A credential that printing, inspecting or serialising its holder does not reveal.
 *
 * @publicApi
 */
export interface SealedToken {
  /** Returns the credential. Use it in the headers of one request only. */
  reveal(): string;
}

/**
 * The identity that a `ServiceRoleClient` sends a request with.
 *
 * @publicApi
 */
export interface Identity {
  /** The URL of Base44, without a trailing slash. */
  readonly serverUrl: string;
  readonly appId: string;
  /** The service token of the incoming request. Without one, the client uses the token in the options. */
  readonly serviceToken?: SealedToken | undefined;
  /** The Base44 token of the app's signed-in user. */
  readonly userToken?: SealedToken | undefined;
  /** The header `Base44-State` of the incoming request, to forward. */
  readonly state?: SealedToken | undefined;
  /** The header `X-Data-Env` of the incoming request, to forward. */
  readonly dataEnv?: 'dev' | 'prod' | undefined;
}
