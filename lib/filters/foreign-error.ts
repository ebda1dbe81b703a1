import { HttpException } from '@nestjs/common';
import { findConnectorsError } from '../errors/find-connectors-error.js';

/**
 * An error of another library that contains a `ConnectorsError`. Nest tests with `instanceof` whether a
 * filter catches an error, so other errors reach other filters.
 *
 * @internal
 */
export abstract class ForeignError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return !isNestException(value) && findConnectorsError(value) !== undefined;
  }
}

/** Returns whether a handler chose the response itself. `WsException` and `RpcException` have `getError`. */
function isNestException(value: unknown): boolean {
  try {
    const { getError } = Object(value) as { readonly getError?: unknown };
    return value instanceof HttpException || typeof getError === 'function';
  } catch {
    // A getter or a proxy that throws is no exception of Nest.
    return false;
  }
}
