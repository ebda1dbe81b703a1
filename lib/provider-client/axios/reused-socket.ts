/** The codes of a read and of a write after the other side has closed the connection. */
const CLOSED = /ECONNRESET|EPIPE/;

/** The error of a request. */
interface RequestError {
  readonly code?: string;
  readonly request: RequestOfNode | { readonly _currentRequest: RequestOfNode };
}

/** The request of Node.js. The package follow-redirects wraps it. */
interface RequestOfNode {
  readonly reusedSocket: boolean;
  /** The response, after its head has arrived. */
  readonly res: object | null;
}

/**
 * Returns whether a request failed because the socket of an earlier request had been closed meanwhile.
 *
 * @internal
 */
export function isResetOfReusedSocket(error: unknown): boolean {
  const { code, request } = error as RequestError;
  if (!CLOSED.test(String(code))) return false;
  const { reusedSocket, res } = '_currentRequest' in request ? request._currentRequest : request;
  return reusedSocket && res === null;
}
