import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorFeature } from '../interfaces/connector-feature.interface.js';
import type { Connector, ConnectorRef } from '../interfaces/connector.interface.js';
import { urlTemplateProblem } from './url-template.js';

/**
 * What an application declared of a connector, checked.
 *
 * @internal
 */
export interface DeclaredConnector extends Omit<ConnectorFeature, 'connector'> {
  readonly ref: ConnectorRef;
  readonly connector: Connector;
}

type Problems = { readonly [K in keyof ConnectorFeature]?: (value: unknown) => string | undefined };

const PROBLEMS: Problems = {
  baseURL: urlTemplateProblem,
  allowedOrigins: (origins) =>
    Array.isArray(origins) && origins.every(isOrigin)
      ? undefined
      : 'must be a list of origins such as https://uploads.github.com, without a path',
  retry: (retry) => (typeof retry === 'boolean' ? undefined : 'must be true or false'),
  instance: (name) =>
    typeof name === 'string' && name !== '' ? undefined : 'must be the name of an instance',
};

/**
 * Checks what `forFeature` was given.
 *
 * @throws {@link ConnectorsConfigurationError} with one sentence for each mistake
 * @internal
 */
export function parseFeatures(
  features: readonly (ConnectorRef | ConnectorFeature)[],
): DeclaredConnector[] {
  if (!Array.isArray(features)) {
    throw new ConnectorsConfigurationError(
      "ConnectorsModule.forFeature() takes a list: forFeature(['slack', { connector: 'zendesk', baseURL: … }]).",
    );
  }
  const given = features.map(featureOf);
  const problems = given.flatMap((feature, index) =>
    problemsOf(feature).map((problem) => `${nameOf(feature, index)}: ${problem}`),
  );
  if (problems.length > 0) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule.forFeature() cannot work with these connectors:',
      problems,
    );
  }
  return given.map(({ connector: ref, ...options }) => ({
    ...options,
    ref,
    connector: parseConnectorRef(ref),
  }));
}

function featureOf(given: ConnectorRef | ConnectorFeature): ConnectorFeature {
  return isFeature(given) ? given : { connector: given };
}

/** Anything with options is meant for one, so that none of them goes unheard. */
function isFeature(given: unknown): given is ConnectorFeature {
  const names = Object.keys(Object(given) as object);
  return typeof given === 'object' && (names.includes('connector') || names.length > 1);
}

function problemsOf({ connector, ...options }: ConnectorFeature): string[] {
  const unknown = Object.keys(options).filter((name) => !(name in PROBLEMS));
  const wrong = Object.entries(PROBLEMS).flatMap(([name, problemOf]) => {
    const value = options[name as keyof typeof options];
    const problem = value === undefined ? undefined : problemOf(value);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
  return [
    ...connectorProblems(connector),
    ...unknown.map((name) =>
      name.endsWith('Connector')
        ? `${name} belongs into connector: { connector: { ${name}: … }, … }`
        : `${name} is not an option of it`,
    ),
    ...wrong,
  ];
}

function connectorProblems(connector: ConnectorRef): string[] {
  try {
    parseConnectorRef(connector);
    return [];
  } catch (error) {
    return [isConnectorsError(error) ? error.message : 'connector is no name of one'];
  }
}

function nameOf({ connector }: ConnectorFeature, index: number): string {
  if (typeof connector === 'string') return `'${connector}'`;
  const [[kind, id] = []] = Object.entries(Object(connector) as Record<string, unknown>);
  return typeof id === 'string' && id !== '' ? `${String(kind)} '${id}'` : `[${index}]`;
}

function isOrigin(value: unknown): boolean {
  return urlTemplateProblem(value) === undefined && /^\w+:\/\/[^/]+\/?$/.test(value as string);
}
