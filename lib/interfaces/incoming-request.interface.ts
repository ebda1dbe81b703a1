/**
 * What arrived, and whose headers and user token may be read: the request of Express,
 * Fastify, Node.js or Fetch, the handshake of a WebSocket (of Socket.IO its `handshake`,
 * of `ws` the request that opened it), or a message of a microservice.
 *
 * @publicApi
 */
export interface IncomingRequest {
  /** Those of Node.js, with names in lower case, or `Headers` of Fetch. */
  readonly headers?: object | undefined;
}

/**
 * A message of a microservice, as `request.appUserToken` gets it.
 *
 * @publicApi
 */
export interface MicroserviceMessage extends IncomingRequest {
  /** The message's payload. */
  readonly data: unknown;
  /** The transport's own context, such as `TcpContext` or `NatsContext`. */
  readonly context: unknown;
}

/**
 * What may be taken from incoming requests.
 *
 * @publicApi
 */
export interface RequestOptions {
  /**
   * Reads the headers that Base44 puts into the requests that it forwards: the service
   * token, the app, the server, `Base44-State`, `X-Data-Env`, and the user's token from
   * `Authorization`. They mean what they mean to `createClientFromRequest` of `@base44/sdk`,
   * but a server or an app that is not trusted is refused.
   *
   * @default false
   */
  readonly base44Headers?: boolean | undefined;
  /** Further servers that a request may name in `Base44-Api-Url`, besides `serverUrl`. */
  readonly trustedServerUrls?: readonly string[] | undefined;
  /** Further apps that a request may name in `Base44-App-Id`, besides `appId`. */
  readonly trustedAppIds?: readonly string[] | undefined;
  /**
   * Finds the Base44 token of the app's signed-in user, in a cookie or the session, say.
   * `undefined`, `null` and `''` mean that nobody is signed in. What it throws, the call throws.
   *
   * @param request - an {@link IncomingRequest}, in the type that the transport gives it: that of
   * Express, Fastify or Socket.IO, or a {@link MicroserviceMessage}
   * @example
   * appUserToken: (request: express.Request) => request.session.base44Token
   *
   * @default the Bearer token of `Authorization`, with `base44Headers`
   */
  appUserToken?(request: object): string | null | undefined;
}
