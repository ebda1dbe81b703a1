/**
 * Copies the own properties of an object. The copy inherits nothing, so a polluted `Object.prototype`
 * adds no property to it.
 *
 * @internal
 */
export function copyOwnProperties<T extends object>(value: T): T {
  return Object.assign(Object.create(null) as T, value);
}
