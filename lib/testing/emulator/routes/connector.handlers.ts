import { HttpError, type EmulatorResponse } from '../http/emulator-response.js';
import {
  noActiveConnection,
  notConnected,
  notRegistered,
  proxyRequired,
} from '../http/error-responses.js';
import type { RecordedRequest } from '../http/recorded-request.js';
import type { EmulatedAppUser } from '../state/app-user.registry.js';
import type { ConnectedConnector } from '../state/connection.store.js';
import type { EmulatorState } from '../state/emulator-state.js';
import { requireRepresentedUser } from './authentication.js';
import { runMeteredCall } from './metered-call.js';
import { parseMeteredRequest } from './metered-request.parser.js';

/** An authenticated request for a well-formed connector of this app. */
export interface ConnectorRequest {
  readonly state: EmulatorState;
  readonly request: RecordedRequest;
  readonly connector: string;
}

export type UserRequest = ConnectorRequest & { readonly user: EmulatedAppUser };

export function getIntegrationTypeToken({ state, connector }: ConnectorRequest): EmulatorResponse {
  if (state.meters.has(connector)) throw new HttpError(proxyRequired);
  return toTokenResponse(state.connections.find(connector));
}

export function getWorkspaceToken({ state, connector }: ConnectorRequest): EmulatorResponse {
  return toTokenResponse(state.connections.find({ workspaceConnector: connector }));
}

export function getAppUserToken({ state, request, connector }: ConnectorRequest): EmulatorResponse {
  const user = requireRepresentedUser(state, request);
  return toTokenResponse(state.connections.find({ appUserConnector: connector }, user));
}

export function callMeteredConnector(call: ConnectorRequest): Promise<EmulatorResponse> {
  const { state, request, connector } = call;
  const meter = state.meters.get(connector);
  if (!meter) throw new HttpError(notConnected);
  return runMeteredCall(state, meter, parseMeteredRequest(request));
}

export function initiateConnection({ state, connector, user }: UserRequest): EmulatorResponse {
  if (!state.consents.isRegistered(connector)) throw new HttpError(notRegistered);
  const connection_id = state.consents.open({ connectorId: connector, userId: user.id });
  const redirect_url = `${state.url}/consent/${connection_id}`;
  const connection = state.connections.find({ appUserConnector: connector }, user);
  const already_authorized = connection !== undefined;
  return { status: 200, body: { redirect_url, connection_id, already_authorized } };
}

export function endConnection({ state, connector, user }: UserRequest): EmulatorResponse {
  const isEnded = state.connections.disconnect({ appUserConnector: connector }, user);
  if (!isEnded) throw new HttpError(noActiveConnection);
  return { status: 200, body: { status: 'disconnected', connector_id: connector } };
}

function toTokenResponse(connection: ConnectedConnector | undefined): EmulatorResponse {
  if (!connection) throw new HttpError(notConnected);
  const body = {
    access_token: connection.accessToken,
    integration_type: connection.integrationType,
    connection_config: connection.connectionConfig,
    expires_in: connection.expiresIn,
    expires_at: connection.expiresAt,
  };
  return { status: 200, body };
}
