type Siblings = Readonly<Record<string, unknown>>;

/**
 * @returns a clause that completes "verifyOnBootstrap …", or `undefined`
 * @internal
 */
export function verifyOnBootstrapProblem(
  mode: unknown,
  { serviceToken, client, broker }: Siblings,
): string | undefined {
  if (mode === 'off') return undefined;
  if (mode !== 'warn' && mode !== 'fail') return "must be 'off', 'warn' or 'fail'";
  return [serviceToken, client, broker].every((one) => (one ?? undefined) === undefined)
    ? 'needs a serviceToken: no request of Base44 carries one while the application boots'
    : undefined;
}
