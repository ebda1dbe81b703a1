import type { ConnectorsErrorBody } from './error-body.js';

/**
 * Returns an error whose `extensions` GraphQL servers send to the client. The filter returns
 * it instead of throwing, because Nest passes it to the GraphQL server as the resolver's result.
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
