import { HttpError } from '../http/emulator-response.js';
import { serviceTokensOnly, unauthorized } from '../http/error-responses.js';
import type { RecordedRequest } from '../http/recorded-request.js';
import type { EmulatedAppUser } from '../state/app-user.registry.js';
import type { EmulatorState } from '../state/emulator-state.js';

/** Rejects requests without the service token. */
export function requireServiceRole(state: EmulatorState, { headers }: RecordedRequest): void {
  const token = parseBearer(headers.authorization);
  if (token === state.serviceToken) return;
  throw new HttpError(state.users.find(token) ? serviceTokensOnly : unauthorized);
}

/** Returns the user who sent the request. */
export function requireAppUser(state: EmulatorState, request: RecordedRequest): EmulatedAppUser {
  return requireUser(state, request.headers.authorization);
}

/** Returns the user on whose behalf the service role sent the request. */
export function requireRepresentedUser(
  state: EmulatorState,
  request: RecordedRequest,
): EmulatedAppUser {
  return requireUser(state, request.headers['on-behalf-of']);
}

function requireUser(state: EmulatorState, header: string | string[] | undefined): EmulatedAppUser {
  const user = state.users.find(parseBearer(header));
  if (!user) throw new HttpError(unauthorized);
  return user;
}

/** Accepts exactly `Bearer <token>`, as the SDK sends it. */
function parseBearer(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? /^Bearer (\S+)$/.exec(header)?.[1] : undefined;
}
