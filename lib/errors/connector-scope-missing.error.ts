import { ConnectorsError } from './connectors.error.js';
import type { ErrorContext } from './error-context.interface.js';
import { describeMissingScopes } from './scope-missing.message.js';

/**
 * The provider's statement about a missing scope. The constructor of the error writes it into the fields.
 *
 * @publicApi
 */
export interface MissingScopeDetails {
  /** The scopes that the provider names. */
  readonly missingScopes: readonly string[];
  /** The scopes of the token, if the provider reports them. */
  readonly grantedScopes?: readonly string[] | undefined;
  /** The handlers and classes that require the connector. */
  readonly requiredBy: readonly string[];
  /** The provider's response. */
  readonly providerResponse: Response;
}

/** Kept out of the errors, so that no inspection shows text of a provider. */
const RESPONSES = new WeakMap<object, Response>();

/**
 * Thrown when the provider rejects a call because the access token lacks a scope. A new token would lack
 * it too, so the token is not renewed, and stays cached.
 *
 * The module recognizes it by the challenge `insufficient_scope` (RFC 6750) of every provider, and by the
 * headers and bodies that `CONNECTORS` describes. Without such a reason, the caller receives the response.
 *
 * `connector` is its identifier. `status` is the status of the provider's response.
 * `ConnectorsExceptionFilter` responds with 424.
 *
 * @example
 * const error = findConnectorsError(caught);
 * if (error instanceof ConnectorScopeMissingError) askFor(error.missingScopes);
 *
 * @publicApi
 */
export class ConnectorScopeMissingError extends ConnectorsError {
  readonly code = 'CONNECTOR_SCOPE_MISSING';
  /**
   * The scopes that the provider asks for, without those that the token has. Some providers name
   * alternatives, of which one suffices. Empty if the provider names none. At most 20.
   */
  readonly missingScopes: readonly string[];
  /** The scopes of the token. Absent if the provider does not report them. */
  declare readonly grantedScopes?: readonly string[];
  /** The handlers and classes whose decorators require the connector, such as `'CalendarController.events'`. */
  readonly requiredBy: readonly string[];

  constructor(context: ErrorContext, details: MissingScopeDetails) {
    const { missingScopes, grantedScopes, requiredBy, providerResponse } = details;
    super(describeMissingScopes(context, missingScopes, requiredBy), {
      connector: context.connector,
      status: providerResponse.status,
    });
    this.missingScopes = missingScopes;
    if (grantedScopes !== undefined) this.grantedScopes = grantedScopes;
    this.requiredBy = requiredBy;
    RESPONSES.set(this, providerResponse);
  }

  /**
   * The provider's response: its status, its content type, and its body of at most 4096 bytes. It is not
   * part of logs or of responses to clients, because the provider wrote it. Not named `response`, because
   * axios would change it.
   */
  get providerResponse(): Response | undefined {
    return RESPONSES.get(this);
  }

  /** Returns the fields of the error without its stack and the provider's response. */
  override toJSON(): Record<string, unknown> {
    const { missingScopes, grantedScopes, requiredBy } = this;
    return { ...super.toJSON(), missingScopes, grantedScopes, requiredBy };
  }
}
