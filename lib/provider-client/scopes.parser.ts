/** The characters of scopes. Other text of a provider does not get into errors. */
const SCOPE = /^[\w.:/*+-]{1,128}$/;

/** The number of scopes that errors contain. */
const MAX_SCOPES = 20;

/** Equal parts of this length are no coincidence. A shorter token is compared in full. */
const TOKEN_PART_LENGTH = 8;

/**
 * Parses the scopes that a provider names: a string with spaces or commas between them, or arrays of such
 * strings. Leaves out malformed ones.
 *
 * @internal
 */
export function parseScopes(value: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(value) ? value.flat(2) : [value];
  const texts = values.filter((one) => typeof one === 'string');
  const scopes = texts.join(' ').split(/[\s,]/);
  return [...new Set(scopes.filter((scope) => SCOPE.test(scope)))].slice(0, MAX_SCOPES);
}

/**
 * Leaves out scopes that repeat a part of the token, which a provider may echo.
 *
 * @internal
 */
export function withoutToken(scopes: readonly string[], accessToken: string): readonly string[] {
  return scopes.filter((scope) => !repeatsToken(scope, accessToken));
}

function repeatsToken(scope: string, accessToken: string): boolean {
  const length = Math.min(TOKEN_PART_LENGTH, accessToken.length);
  for (let start = 0; start + length <= scope.length; start += 1) {
    if (accessToken.includes(scope.slice(start, start + length))) return true;
  }
  return false;
}
