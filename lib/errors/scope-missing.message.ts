import type { ErrorContext } from './error-context.interface.js';
import { PLACES } from './not-connected.message.js';

/** The number of names in a message. */
const MAX_NAMES = 5;

/**
 * Describes a call that a provider rejected because of a missing scope, with the remedy for the kind of
 * connector.
 *
 * @param scopes - the scopes that the provider names
 * @param dependents - the handlers and classes that require the connector
 * @internal
 */
export function describeMissingScopes(
  context: ErrorContext,
  scopes: readonly string[],
  dependents: readonly string[],
): string {
  const needs = dependents.length === 0 ? '' : ` The connector is required by ${list(dependents)}.`;
  return `${describeFact(context, scopes)}.${needs} ${describeRemedy(context, scopes)}`;
}

function describeFact({ appId, connector, kind }: ErrorContext, scopes: readonly string[]): string {
  const token =
    kind === 'appUserConnector'
      ? `The user's access token of connector '${connector}' in app ${appId}`
      : `The access token of connector '${connector}' in app ${appId}`;
  if (scopes.length === 0) return `${token} lacks a scope, which the provider does not name`;
  const names = list(scopes.map((scope) => `'${scope}'`));
  return `${token} lacks ${scopes.length === 1 ? 'the scope' : 'one of the scopes'} ${names}`;
}

function describeRemedy(
  { kind = 'integrationType' }: ErrorContext,
  { length }: readonly string[],
): string {
  const scope = length === 0 ? 'the scope that the provider documents for this call' : 'the scope';
  return kind === 'appUserConnector'
    ? `Add ${scope} to the connector ${PLACES.workspaceConnector}, call disconnectAppUser(), and send the user ` +
        'to the URL that connectAppUser() returns.'
    : `Add ${scope} to the connector ${PLACES[kind]}, and connect it again.`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
