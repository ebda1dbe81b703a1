import { ConnectorsError } from './connectors.error.js';
import type { ConnectorsErrorCode } from './error-code.js';
import type { ErrorContext } from './error-context.interface.js';

/**
 * The codes of an {@link AppUserConflictError}.
 *
 * @publicApi
 */
export type AppUserConflictCode = Extract<
  ConnectorsErrorCode,
  'ALREADY_CONNECTED' | 'CONNECTED_BY_ANOTHER_USER'
>;

/**
 * Thrown by `connectAppUser()` when Base44 has no consent page for the user: the user has already
 * connected the connector, or another user has.
 *
 * `code` identifies the cause. `ConnectorsExceptionFilter` responds with 409.
 *
 * @publicApi
 */
export class AppUserConflictError extends ConnectorsError {
  constructor(
    readonly code: AppUserConflictCode,
    { appId, connector }: Pick<ErrorContext, 'appId' | 'connector'>,
  ) {
    super(
      code === 'ALREADY_CONNECTED'
        ? `The user has already connected '${connector}' in app ${appId}, so there is no consent page. ` +
            'Use the connection, or call disconnectAppUser() before the user connects another account.'
        : `Another user has connected '${connector}' in app ${appId}, so this user cannot connect it. ` +
            'Let that user disconnect it with disconnectAppUser(), or let this user consent with another account.',
      { connector },
    );
  }
}
