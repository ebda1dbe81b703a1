/**
 * The options beside the option that a rule checks. They are not validated yet.
 *
 * @internal
 */
export type SiblingOptions = Readonly<Record<string, unknown>>;

/**
 * Returns whether an option has a value. `null` counts as absent.
 *
 * @internal
 */
export function isPresent(option: unknown): boolean {
  return option !== undefined && option !== null;
}

/**
 * Returns whether the module reads the headers that Base44 adds to the requests that it forwards.
 *
 * @internal
 */
export function readsBase44Headers({ request }: SiblingOptions): boolean {
  const { base44Headers } = Object(request) as { base44Headers?: unknown };
  return base44Headers === true;
}
