import { describeUnknownConnector, findDescription } from './connector-names.js';
import type { ErrorContext } from './error-context.interface.js';

/**
 * The places where each kind of connector is connected, as error messages word them.
 *
 * @internal
 */
export const PLACES = {
  integrationType: 'under Integrations in the Base44 editor',
  workspaceConnector: 'in the Workspace Settings of Base44',
} as const;

/**
 * Describes a 404 of Base44, with the remedy for the kind of connector and the operation.
 *
 * @internal
 */
export function describeNotConnected(context: ErrorContext): string {
  switch (context.kind) {
    case 'appUserConnector':
      return describeAppUser(context);
    case 'workspaceConnector':
      return (
        `Workspace connector '${context.connector}' is not connected in app ${context.appId}. Connect it ` +
        `${PLACES.workspaceConnector}, and use the id from its settings page.`
      );
    default:
      return describeIntegrationType(context);
  }
}

function describeAppUser({ appId, connector, operation }: ErrorContext): string {
  const fact = `The user has not connected '${connector}' in app ${appId}`;
  switch (operation) {
    case 'connectAppUser':
      return (
        `App-user connector '${connector}' is not registered for app ${appId}. Register it ` +
        'in the Workspace Settings of Base44, and use the id from its settings page.'
      );
    case 'disconnectAppUser':
      return `${fact}, so there is nothing to disconnect.`;
    default:
      return `${fact}. Send the user to the URL that connectAppUser() returns.`;
  }
}

function describeIntegrationType({ appId, connector, operation }: ErrorContext): string {
  if (operation === 'callApi' && findDescription(connector)?.isMetered === false) {
    return (
      `Connector '${connector}' is not metered, so callApi() cannot call it. ` +
      `Use ConnectorsService.fetch('${connector}', url) or getConnection('${connector}').`
    );
  }
  const remedy = describeUnknownConnector(connector) ?? `Connect it ${PLACES.integrationType}.`;
  return `Connector '${connector}' is not connected in app ${appId}. ${remedy}`;
}
