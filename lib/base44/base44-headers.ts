import type { Identity, SealedToken } from '../interfaces/identity.interface.js';

/**
 * Returns the headers of a request to Base44 with a service token or a user's token.
 *
 * @internal
 */
export function createBase44Headers(
  { appId, state, dataEnv }: Identity,
  token: SealedToken,
): Record<string, string> {
  const headers: Record<string, string> = { Authorization: toBearer(token), 'X-App-Id': appId };
  if (state) headers['Base44-State'] = state.reveal();
  if (dataEnv) headers['X-Data-Env'] = dataEnv;
  return headers;
}

/** @internal */
export function toBearer(token: SealedToken): string {
  return `Bearer ${token.reveal()}`;
}
