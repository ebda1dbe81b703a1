import { randomBytes } from 'node:crypto';
import type { EmulatedAppUser } from './app-users.js';
import type { ConnectedConnector } from './connection-store.js';
import { openConsent } from './consent-page.js';
import {
  isMetered,
  notConnected,
  notMetered,
  nothingToEnd,
  Refusal,
  type Answer,
} from './emulator-answers.js';
import { requireRepresentedUser } from './emulator-identity.js';
import type { EmulatorState } from './emulator-state.js';
import { runMeteredCall } from './metered-call.js';
import { meteredRequestIn } from './metered-request.js';
import type { RecordedRequest } from './recorded-request.js';

/** A request of a caller who may make it, for a well-formed connector of this app. */
export interface ConnectorCall {
  readonly state: EmulatorState;
  readonly request: RecordedRequest;
  readonly connector: string;
}

export type UserCall = ConnectorCall & { readonly user: EmulatedAppUser };

export function integrationTypeToken({ state, connector }: ConnectorCall): Answer {
  if (state.meters.has(connector)) throw new Refusal(isMetered);
  return tokenOf(state.connections.find(connector));
}

export function workspaceConnectorToken({ state, connector }: ConnectorCall): Answer {
  return tokenOf(state.connections.find({ workspaceConnector: connector }));
}

export function appUserToken({ state, request, connector }: ConnectorCall): Answer {
  const user = requireRepresentedUser(state, request);
  return tokenOf(state.connections.find({ appUserConnector: connector }, user));
}

export function meteredCall({ state, request, connector }: ConnectorCall): Promise<Answer> {
  const meter = state.meters.get(connector);
  if (!meter) throw new Refusal(state.connections.find(connector) ? notMetered : notConnected);
  return runMeteredCall(state, meter, meteredRequestIn(request));
}

export function initiate({ state, connector, user }: UserCall): Answer {
  const connection_id = randomBytes(12).toString('hex');
  const consent = { connectorId: connector, userId: user.id };
  const redirect_url = openConsent(state, connection_id, consent);
  const isConnected = state.connections.find({ appUserConnector: connector }, user) !== undefined;
  const already = isConnected ? { already_authorized: true } : {};
  return { status: 200, body: { redirect_url, connection_id, ...already } };
}

export function end({ state, connector, user }: UserCall): Answer {
  const ended = state.connections.disconnect({ appUserConnector: connector }, user);
  if (!ended) throw new Refusal(nothingToEnd);
  return { status: 200, body: { status: 'disconnected', connector_id: connector } };
}

function tokenOf(connection: ConnectedConnector | undefined): Answer {
  if (!connection) throw new Refusal(notConnected);
  const body = {
    access_token: connection.accessToken,
    integration_type: connection.integrationType,
    connection_config: connection.connectionConfig,
    expires_in: connection.expiresIn,
    expires_at: connection.expiresAt,
  };
  return { status: 200, body };
}
