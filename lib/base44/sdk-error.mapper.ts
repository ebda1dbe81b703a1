import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { ConnectorsError } from '../errors/connectors.error.js';
import { mapNetworkError } from './network-error.mapper.js';
import { mapResponseError } from './response-error.mapper.js';

/** An error of `@base44/sdk`, with the axios error in `originalError`. */
interface Base44SdkError {
  readonly status: unknown;
  readonly code: unknown;
  readonly data: unknown;
  readonly originalError: { readonly response?: { readonly headers?: Record<string, unknown> } };
}

/**
 * Maps an error of `@base44/sdk`. The original error is dropped, because it contains credentials.
 *
 * @internal
 */
export function mapSdkError(failure: unknown, context: ErrorContext): ConnectorsError {
  if (isUnreadable(failure)) {
    return new UnexpectedResponseError(context, 'the client cannot read it');
  }
  const { status, code, data, originalError } = Object(failure) as Partial<Base44SdkError>;
  // An error with a 2xx status means that the connection failed within the body.
  if (typeof status !== 'number' || (status >= 200 && status < 300)) {
    // With a status, the code comes from the body, so it is not a code of the network.
    return mapNetworkError(originalError ?? (status === undefined ? failure : {}), context);
  }
  const body = typeof data === 'string' ? data : { code };
  const headers = { ...originalError?.response?.headers };
  return mapResponseError({ status, headers, body }, context);
}

/** Returns whether the SDK could not read a body. Unlike its TypeError, that of fetch has a cause. */
function isUnreadable(failure: unknown): boolean {
  return failure instanceof TypeError && failure.cause === undefined;
}
