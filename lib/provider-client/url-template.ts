import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import { describeHttpsUrlProblem } from '../common/server-url.js';

const PLACEHOLDER = /\{(\w+)\}/g;

/** RFC 1123, section 2.1. A host label is also safe as a segment of a path. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The end of a host after its last placeholder: the rest of a label, and the provider's own domain. */
const FIXED_DOMAIN = /^[a-z0-9-]*(\.[a-z0-9-]+){2,}$/i;

/**
 * Describes the mistake in a base URL that may contain placeholders.
 *
 * @returns a clause that completes "baseURL …", or `undefined` for a valid template
 * @internal
 */
export function describeUrlTemplateProblem(template: unknown): string | undefined {
  if (typeof template !== 'string') return describeHttpsUrlProblem(template);
  const example = template.replace(PLACEHOLDER, 'x');
  const problem = describeHttpsUrlProblem(/^\w+:\/\/[^/]/.test(example) ? example : undefined);
  if (problem !== undefined) return problem;
  if (/[{}]/.test(example)) {
    return "must contain '{' and '}' only in placeholders such as {subdomain}";
  }
  return hasFixedDomain(template)
    ? undefined
    : "must end its host with the provider's own domain, as in https://{subdomain}.example.com";
}

/** Returns whether the template fixes the domain, because a connection must not choose it. */
function hasFixedDomain(template: string): boolean {
  const host = template.replace(/^\w+:\/\/([^/]*).*$/, '$1').replace(/:\d+$/, '');
  return !hasPlaceholders(host) || FIXED_DOMAIN.test(host.slice(host.lastIndexOf('}') + 1));
}

/**
 * Returns the origin of a URL template, with its placeholders.
 *
 * @internal
 */
export function toOriginTemplate(template: string): string {
  const placeholders: string[] = [];
  // A URL parser rejects braces in a host, so labels stand in for the placeholders.
  const parseable = template.replace(
    PLACEHOLDER,
    (placeholder) => `x-${placeholders.push(placeholder) - 1}-x`,
  );
  return new URL(parseable).origin.replace(
    /x-(\d+)-x/g,
    (_, index) => placeholders[Number(index)] ?? '',
  );
}

/** @internal */
export function hasPlaceholders(template: string): boolean {
  return template.includes('{');
}

/**
 * Replaces the placeholders of a template with values of a connection.
 *
 * @throws {@link UnexpectedResponseError} when a value is missing, or is not a single host label
 * @internal
 */
export function expandTemplate(
  template: string,
  config: ConnectorConnection['connectionConfig'],
  connector: string,
): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = config !== null && Object.hasOwn(config, name) ? config[name] : undefined;
    if (value !== undefined && HOST_LABEL.test(value)) return value;
    throw new UnexpectedResponseError(
      { connector },
      `its connection_config has no '${name}' that is a single host label`,
      { remedy: `Check {${name}} in the connector's baseURL, and the name of the account.` },
    );
  });
}
