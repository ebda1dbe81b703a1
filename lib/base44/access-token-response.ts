import { InvalidRequestError } from '../errors/request.errors.js';
import type {
  ConnectorAccessTokenResponse,
  ConnectorConnection,
} from '../interfaces/connector-connection.interface.js';

/** `@base44/sdk` resolves with a string, so migrated code may use the object as one. */
const REJECT_CONVERSION: PropertyDescriptor = {
  value: () => {
    throw new InvalidRequestError(
      'The response of getAccessToken() is an object, and not a string as in @base44/sdk. ' +
        'Use its access_token, or the accessToken of getConnection().',
    );
  },
};

/**
 * Creates a response in the shape of Base44's API. It throws where code uses it as a string, such as
 * in an `Authorization` header.
 *
 * @internal
 */
export function createAccessTokenResponse(
  id: string,
  { accessToken, connectionConfig }: ConnectorConnection,
): ConnectorAccessTokenResponse {
  const response = {
    access_token: accessToken,
    integration_type: id,
    connection_config: connectionConfig,
  };
  return Object.defineProperty(response, Symbol.toPrimitive, REJECT_CONVERSION);
}
