import { isDeepStrictEqual } from 'node:util';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { copyOwnProperties } from '../common/own-properties.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorFeature } from '../interfaces/connector-feature.interface.js';
import type { Connector, ConnectorRef } from '../interfaces/connector.interface.js';
import { findFeatureProblems } from './connector-feature.validator.js';

/**
 * A connector that the application declares, after validation.
 *
 * @internal
 */
export interface DeclaredConnector extends Omit<ConnectorFeature, 'connector'> {
  readonly ref: ConnectorRef;
  readonly connector: Connector;
}

/**
 * Parses the argument of `forFeature`.
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
  const declared = features.map(toFeature);
  const problems = declared.flatMap((feature, index) =>
    [...findFeatureProblems(feature), ...findSecondClient(feature, declared.slice(0, index))].map(
      (problem) => `${toLabel(feature, index)}: ${problem}`,
    ),
  );
  if (problems.length > 0) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule.forFeature() cannot use these connectors:',
      problems,
    );
  }
  return declared.map(({ connector: ref, ...options }) =>
    copyOwnProperties({ ...options, ref, connector: parseConnectorRef(ref) }),
  );
}

/** Finds a second client of a connector in one list, because both would have the same injection token. */
function findSecondClient(
  feature: ConnectorFeature,
  before: readonly ConnectorFeature[],
): string[] {
  if (feature.client === undefined) return [];
  const isTwice = before.some(
    ({ client, connector, instance }) =>
      client !== undefined &&
      instance === feature.instance &&
      isDeepStrictEqual(connector, feature.connector),
  );
  return isTwice ? ['client is declared twice in this list'] : [];
}

function toFeature(value: ConnectorRef | ConnectorFeature): ConnectorFeature {
  return isFeature(value) ? copyOwnProperties(value) : { connector: value };
}

/** Returns whether a value is a feature. Several keys suffice, so that a misplaced option is reported. */
function isFeature(value: unknown): value is ConnectorFeature {
  const names = Object.keys(Object(value) as object);
  return typeof value === 'object' && (names.includes('connector') || names.length > 1);
}

/** Returns the name of a connector for error messages, or its index in the list. */
function toLabel({ connector }: ConnectorFeature, index: number): string {
  if (typeof connector === 'string') return `'${connector}'`;
  const [[kind, id] = []] = Object.entries(Object(connector) as Record<string, unknown>);
  return typeof id === 'string' && id !== '' ? `${String(kind)} '${id}'` : `[${index}]`;
}
