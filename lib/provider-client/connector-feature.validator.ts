import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { suggestName } from '../errors/similar-name.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type {
  ConnectorFeature,
  ProviderAddress,
} from '../interfaces/connector-feature.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { describeUrlTemplateProblem } from './url-template.js';

type Options = Omit<ConnectorFeature, 'connector'>;

type Validator = (value: unknown) => string | undefined;

/** The validators. Each returns a clause that completes the option's name, or `undefined`. */
const VALIDATORS: Readonly<Record<keyof Options, Validator>> = {
  baseURL: describeUrlTemplateProblem,
  allowedOrigins: (origins) =>
    Array.isArray(origins) && origins.every(isOrigin)
      ? undefined
      : 'must be a list of origins such as https://uploads.github.com, without a path',
  client: (client) =>
    typeof client === 'function'
      ? undefined
      : 'must be a function that creates a client: (fetch) => new WebClient(undefined, { fetch })',
  clientIdentity: (identity) =>
    identity === 'service-role' || identity === 'per-call'
      ? undefined
      : "must be 'service-role' or 'per-call'",
  retry: (retry) => (typeof retry === 'boolean' ? undefined : 'must be true or false'),
  instance: (name) =>
    typeof name === 'string' && name !== ''
      ? undefined
      : 'must be the name of a ConnectorsModule instance',
};

/**
 * Finds the mistakes in one declaration of `forFeature`.
 *
 * @returns a clause for each mistake
 * @internal
 */
export function findFeatureProblems({ connector, ...options }: ConnectorFeature): string[] {
  return [
    ...findConnectorProblems(connector),
    ...findUnknownOptions(options),
    ...findOptionProblems(options),
    ...findClientProblems(options),
  ];
}

/**
 * Finds the mistakes in the address of a call.
 *
 * @returns a clause for each mistake
 * @internal
 */
export function findAddressProblems({ baseURL, allowedOrigins }: ProviderAddress): string[] {
  return findOptionProblems({ baseURL, allowedOrigins });
}

function findConnectorProblems(connector: ConnectorRef): string[] {
  try {
    parseConnectorRef(connector);
    return [];
  } catch (error) {
    return [isConnectorsError(error) ? error.message : 'connector cannot be read'];
  }
}

function findUnknownOptions(options: Options): string[] {
  return Object.keys(options)
    .filter((name) => !Object.hasOwn(VALIDATORS, name))
    .map((name) =>
      name.endsWith('Connector')
        ? `${name} belongs in connector: { connector: { ${name}: … }, … }`
        : `${name} is not an option of forFeature()${suggestName(name, Object.keys(VALIDATORS))}`,
    );
}

function findOptionProblems(options: Options): string[] {
  return Object.entries(VALIDATORS).flatMap(([name, validate]) => {
    const value = Object.hasOwn(options, name) ? options[name as keyof Options] : undefined;
    const problem = value === undefined ? undefined : validate(value);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
}

function findClientProblems({ client, clientIdentity }: Options): string[] {
  return clientIdentity !== undefined && client === undefined
    ? ['clientIdentity needs client: (fetch) => …']
    : [];
}

function isOrigin(value: unknown): boolean {
  return (
    describeUrlTemplateProblem(value) === undefined && /^\w+:\/\/[^/]+\/?$/.test(value as string)
  );
}
