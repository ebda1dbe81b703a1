/**
 * A credential that does not show when its holder is printed or serialised.
 *
 * @publicApi
 */
export interface SealedToken {
  /** The credential itself: for the header of one request, and nothing else. */
  reveal(): string;
}

/**
 * On whose behalf a `ServiceRoleClient` asks Base44.
 *
 * @publicApi
 */
export interface Identity {
  /** The address of Base44, without a slash at its end. */
  readonly serverUrl: string;
  readonly appId: string;
  /** The service token that the incoming request carried. Without one, that of the options counts. */
  readonly serviceToken?: SealedToken | undefined;
  /** The token of the app's signed-in user. */
  readonly userToken?: SealedToken | undefined;
  /** `Base44-State` of the incoming request, to be sent on. */
  readonly state?: SealedToken | undefined;
  /** `X-Data-Env` of the incoming request, to be sent on. */
  readonly dataEnv?: 'dev' | 'prod' | undefined;
}
