import type { ConnectorsErrorBody } from './error-body.js';

/**
 * An error as GraphQL servers expect it: what is in `extensions` reaches the client.
 * Nest gives what a filter returns back to the resolver, and GraphQL takes an error for one.
 *
 * @internal
 */
export function toGraphqlError({
  message,
  error,
  statusCode,
  connector,
}: ConnectorsErrorBody): Error {
  return Object.assign(new Error(message), { extensions: { code: error, statusCode, connector } });
}
