import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import { describeHttpsUrlProblem } from '../common/server-url.js';

const PLACEHOLDER = /\{(\w+)\}/g;

/** RFC 1123, section 2.1; safe as a segment of a path as well. */
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** What follows the last placeholder of a host: the rest of its label, and a domain of the provider's own. */
const FIXED_DOMAIN = /^[a-z0-9-]*(\.[a-z0-9-]+){2,}$/i;

/**
 * What is wrong with an address that may hold placeholders, if anything is.
 *
 * @returns a clause that completes "baseURL …", or `undefined`
 * @internal
 */
export function urlTemplateProblem(template: unknown): string | undefined {
  if (typeof template !== 'string') return describeHttpsUrlProblem(template);
  const example = template.replace(PLACEHOLDER, 'x');
  const problem = describeHttpsUrlProblem(/^\w+:\/\/[^/]/.test(example) ? example : undefined);
  if (problem !== undefined) return problem;
  if (/[{}]/.test(example))
    return "may hold placeholders such as {subdomain}, but no other '{' or '}'";
  const host = template.replace(/^\w+:\/\/([^/]*).*$/, '$1').replace(/:\d+$/, '');
  return !hasPlaceholders(host) || FIXED_DOMAIN.test(host.slice(host.lastIndexOf('}') + 1))
    ? undefined
    : "must end its host with the provider's own domain, as in https://{subdomain}.example.com";
}

/**
 * The origin of an address, its placeholders left in place.
 *
 * @internal
 */
export function toOriginTemplate(template: string): string {
  const names: string[] = [];
  const example = template.replace(
    PLACEHOLDER,
    (placeholder) => `x-${names.push(placeholder) - 1}-x`,
  );
  return new URL(example).origin.replace(/x-(\d+)-x/g, (_, index) => names[Number(index)] ?? '');
}

/** @internal */
export function hasPlaceholders(template: string): boolean {
  return template.includes('{');
}

/**
 * Puts values of a connection where the placeholders are.
 *
 * @throws {@link UnexpectedResponseError} when it does not have one of them, or has one that is
 * more than a label of a host name
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
      `its connection_config has no '${name}' that is one label of a host name`,
      { remedy: `Check {${name}} in its baseURL, and what the account is called.` },
    );
  });
}
