import type { AccountHost } from '../connectors.catalogue.js';

/** RFC 1123, section 2.1. A host label is also safe as a segment of a path. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A label of an account's host. Snowflake allows an underscore in it. */
const ACCOUNT_LABEL = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;

const MAX_HOST_LENGTH = 253;

/**
 * Returns the text for a placeholder that is part of a host or of a path.
 *
 * @param account - the declaration of the value, if the catalogue has one
 * @returns `undefined` for a value that must not be part of a URL
 * @internal
 */
export function toHostPart(value: string, account: AccountHost | undefined): string | undefined {
  if (account === undefined) return HOST_LABEL.test(value) ? value : undefined;
  const host = value.replace(/^https:\/\//i, '').replace(/\/$/, '');
  if (host.length > MAX_HOST_LENGTH) return undefined;
  return host.split('.').every((label) => ACCOUNT_LABEL.test(label)) ? host : undefined;
}

/**
 * Returns the text for a placeholder that is a whole host.
 *
 * @returns `undefined` for a host outside of the provider's domains
 * @internal
 */
export function toAccountHost(value: string, account: AccountHost | undefined): string | undefined {
  const host = toHostPart(value, account)?.toLowerCase();
  return account?.domains.some((domain) => host?.endsWith(`.${domain}`)) ? host : undefined;
}
