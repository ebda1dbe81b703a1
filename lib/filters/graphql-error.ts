import type { ConnectorsErrorBody } from './error-body.js';

/**
 * Returns an error whose `extensions` GraphQL servers send to the client. The filter returns
 * it instead of throwing, because Nest passes it to the GraphQL server as the resolver's result.
 *
 * @internal
 */
export function toGraphqlError({ message, error: code, ...body }: ConnectorsErrorBody): Error {
  const { statusCode, retryable, connector } = body;
  return Object.assign(new Error(message), {
    extensions: { code, statusCode, retryable, connector },
  });
}
