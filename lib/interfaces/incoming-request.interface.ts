/**
 * An incoming request, whose headers and user token may be read.
 *
 * It is a request of Express, Fastify, Node.js or Fetch, the handshake of a WebSocket, or a microservice
 * message. The handshake is `socket.handshake` in Socket.IO, and the upgrade request in `ws`.
 *
 * @publicApi
 */
export interface IncomingRequest {
  /** The headers of Node.js, with lower-case names, or `Headers` of Fetch. */
  readonly headers?: object | undefined;
}

/**
 * A microservice message, as `request.appUserToken` receives it.
 *
 * @publicApi
 */
export interface MicroserviceMessage extends IncomingRequest {
  /** The payload of the message. */
  readonly data: unknown;
  /** The context of the transport, such as `TcpContext` or `NatsContext`. */
  readonly context: unknown;
}

/**
 * The data that the module reads from incoming requests.
 *
 * @publicApi
 */
export interface RequestOptions {
  /**
   * Reads the headers of requests that Base44 forwards: the service token, the app, the server,
   * `Base44-State`, `X-Data-Env`, and the user's token in `Authorization`.
   *
   * The headers have the same meaning as in `createClientFromRequest` of `@base44/sdk`. In contrast to
   * the SDK, a request that names an untrusted server or app is rejected with `UntrustedRequestError`.
   *
   * @default false
   */
  readonly base44Headers?: boolean | undefined;
  /**
   * Reads the token of the app's signed-in user from the cookie `base44_access_token`, as
   * `createServerClient` of `@base44/sdk` does. With `base44Headers`, a Bearer token of `Authorization`
   * takes precedence.
   *
   * Browsers may send the cookie with requests that other sites cause. Set it with `SameSite`, or
   * protect the routes against cross-site requests.
   *
   * @default false
   */
  readonly base44Cookie?: boolean | undefined;
  /**
   * Servers that a request may name in `Base44-Api-Url`, in addition to `serverUrl`.
   *
   * @default []
   */
  readonly trustedServerUrls?: readonly string[] | undefined;
  /**
   * Apps that a request may name in `Base44-App-Id`, in addition to `appId`.
   *
   * @default []
   */
  readonly trustedAppIds?: readonly string[] | undefined;
  /**
   * Returns the Base44 token of the app's signed-in user, for example from a cookie or the session.
   *
   * `undefined`, `null` and `''` mean that no user is signed in. If the function throws, the call
   * rejects with the same error.
   *
   * @param request - an {@link IncomingRequest} with the type of its transport, such as a request of
   * Express, a handshake of Socket.IO, or a {@link MicroserviceMessage}
   * @example
   * appUserToken: (request: express.Request) => request.session.base44Token
   *
   * @default the Bearer token of `Authorization`, if `base44Headers` is `true`, or the cookie if
   * `base44Cookie` is `true`; required otherwise
   */
  appUserToken?(request: object): string | null | undefined;
}
