import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { AccountHost } from '../connectors.catalogue.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { describeHttpsUrlProblem } from '../common/server-url.js';
import { toAccountHost, toHostPart } from './account-host.js';

const PLACEHOLDER = /\{(\w+)\}/g;

/** A template whose host is one placeholder. Only the catalogue has one, with the domains of its values. */
const WHOLE_HOST = /^https:\/\/\{\w+\}(\/|$)/;

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
  const authority = template.slice(template.indexOf('//') + 2);
  const host = authority.slice(0, authority.search(/[:/]|$/));
  return !hasPlaceholders(host) || FIXED_DOMAIN.test(host.slice(host.lastIndexOf('}') + 1));
}

/**
 * Returns the origin of a URL template, with its placeholders.
 *
 * @internal
 */
export function toOriginTemplate(template: string): string {
  // A URL parser rejects braces in a host, so a text that occurs nowhere else stands in for them.
  let standIn = '';
  do standIn = `q${standIn}z`;
  while (template.toLowerCase().includes(standIn));
  const placeholders: string[] = [];
  const url = template.replace(PLACEHOLDER, (placeholder) => {
    placeholders.push(placeholder);
    return standIn;
  });
  return new URL(url).origin.replaceAll(standIn, () => String(placeholders.shift()));
}

/** @internal */
export function hasPlaceholders(template: string): boolean {
  return template.includes('{');
}

/** The connector of a template, and the value that names the host of its accounts. */
interface TemplateOwner {
  readonly connector: Connector;
  readonly accountHost: AccountHost | undefined;
}

/**
 * Replaces the placeholders of a template with values of a connection.
 *
 * @throws {@link UnexpectedResponseError} when a value is missing, or must not be part of a URL
 * @internal
 */
export function expandTemplate(
  template: string,
  config: ConnectorConnection['connectionConfig'],
  { connector, accountHost }: TemplateOwner,
): string {
  const toText = WHOLE_HOST.test(template) ? toAccountHost : toHostPart;
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = config !== null && Object.hasOwn(config, name) ? config[name] : undefined;
    const account = accountHost?.key === name ? accountHost : undefined;
    const text = value === undefined ? undefined : toText(value, account);
    if (text !== undefined) return text;
    throw createValueError(connector.id, name, account);
  });
}

function createValueError(
  connector: string,
  name: string,
  account: AccountHost | undefined,
): UnexpectedResponseError {
  const expected =
    account === undefined
      ? 'is a single host label'
      : `names a host of ${account.domains.join(' or ')}`;
  return new UnexpectedResponseError(
    { connector },
    `its connection_config has no '${name}' that ${expected}`,
    { remedy: `Check {${name}} in the connector's baseURL, and the name of the account.` },
  );
}
