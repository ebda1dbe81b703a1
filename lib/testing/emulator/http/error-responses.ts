import type { EmulatorResponse } from './emulator-response.js';

export interface ValidationIssue {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** The rejected value, which Base44 repeats in its response. */
  readonly input: unknown;
}

export const unauthorized = withDetail(401, 'Unauthorized');
export const serviceTokensOnly = withDetail(
  403,
  'This endpoint is only accessible to service tokens',
);
export const foreignHost = withDetail(403, 'The emulator serves loopback hosts only');
export const routeNotFound = withDetail(404, 'Not Found');
export const noActiveConnection = withDetail(404, 'No active connection found for this connector');
export const bodyTooLarge = withDetail(413, 'Request Entity Too Large');

export const notConnected: EmulatorResponse = {
  status: 404,
  body: { detail: 'Connector connection not found', code: 'NOT_FOUND' },
};

export const notRegistered: EmulatorResponse = {
  status: 404,
  body: { detail: 'Connector authorization not configured', code: 'NOT_FOUND' },
};

export const proxyRequired: EmulatorResponse = {
  ...withDetail(403, 'This connector is metered; call it through the connector proxy'),
  headers: { 'X-Base44-Connector-Error': 'metered_connector_requires_proxy' },
};

export const creditsExhausted: EmulatorResponse = {
  status: 402,
  body: {
    message: 'The workspace has reached its limit of integration credits',
    extra_data: { reason: 'integration_credits_limit_reached' },
  },
};

export function methodNotAllowed(allowed: readonly string[]): EmulatorResponse {
  return { ...withDetail(405, 'Method Not Allowed'), headers: { Allow: allowed.join(', ') } };
}

export function validationFailed(issues: readonly ValidationIssue[]): EmulatorResponse {
  return { status: 422, body: { detail: issues } };
}

/** Repeats the error, because it comes from the developer's own script and is no secret. */
export function scriptFailed(error: unknown): EmulatorResponse {
  return withDetail(500, `A scripted response threw: ${String(error)}`);
}

function withDetail(status: number, detail: string): EmulatorResponse {
  return { status, body: { detail } };
}
