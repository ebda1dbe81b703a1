import type { EmulatedAppUser } from './app-users.js';
import { Refusal, serviceTokensOnly, unauthorized } from './emulator-answers.js';
import type { EmulatorState } from './emulator-state.js';
import type { RecordedRequest } from './recorded-request.js';

/** Refuses everybody but the service role. */
export function requireServiceRole(state: EmulatorState, { headers }: RecordedRequest): void {
  const token = parseBearer(headers.authorization);
  if (token === state.serviceToken) return;
  throw new Refusal(state.users.withToken(token) ? serviceTokensOnly : unauthorized);
}

/** The user whose own token the request carries. */
export function requireAppUser(state: EmulatorState, request: RecordedRequest): EmulatedAppUser {
  return userWith(state, request.headers.authorization);
}

/** The user on whose behalf the service role asks. */
export function requireRepresentedUser(
  state: EmulatorState,
  request: RecordedRequest,
): EmulatedAppUser {
  return userWith(state, request.headers['on-behalf-of']);
}

function userWith(state: EmulatorState, header: string | string[] | undefined): EmulatedAppUser {
  const user = state.users.withToken(parseBearer(header));
  if (!user) throw new Refusal(unauthorized);
  return user;
}

/** Exactly `Bearer <token>`, as the SDK sends it. */
function parseBearer(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? /^Bearer (\S+)$/.exec(header)?.[1] : undefined;
}
