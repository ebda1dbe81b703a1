/**
 * A credential in a holder. Printing, inspecting or serializing the holder does not reveal it.
 *
 * @publicApi
 */
export interface SealedToken {
  /** Returns the credential. Use it in the headers of one request only. */
  reveal(): string;
}

/**
 * The identity with which a `ServiceRoleClient` sends a request.
 *
 * @publicApi
 */
export interface Identity {
  /** The URL of Base44, without a trailing slash. */
  readonly serverUrl: string;
  /** The id of the Base44 app. */
  readonly appId: string;
  /** The option `appUrl` without a trailing slash, if the identity belongs to the configured app. */
  readonly appUrl?: string | undefined;
  /** The service token of the incoming request. Without one, the client uses the token in the options. */
  readonly serviceToken?: SealedToken | undefined;
  /** The Base44 token of the app's signed-in user. */
  readonly userToken?: SealedToken | undefined;
  /** The header `Base44-State` of the incoming request, to forward. */
  readonly state?: SealedToken | undefined;
  /** The header `X-Data-Env` of the incoming request, to forward. */
  readonly dataEnv?: 'dev' | 'prod' | undefined;
}
