import { relative } from 'node:path';
import { formatConnectorRef } from '../common/connector-ref.formatter.js';
import { findDescription, suggestConnector } from '../errors/connector-names.js';
import { isSimilar } from '../errors/similar-name.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import { describeMissingApp } from './app-folder.js';
import { type AppModuleOptions, readRequirements } from './app-module.js';
import { type ConnectorFiles, readConnectorFiles } from './connector-files.js';
import { fail } from './fail.js';

export interface ConnectorsCheckOptions extends AppModuleOptions {
  /** The folder of the Base44 app. */
  readonly base44: string;
}

const CONNECT =
  "Connect it under Integrations in the Base44 editor, then run 'npx base44 connectors pull'.";

interface Finding {
  readonly isMissing: boolean;
  readonly text: string;
}

/**
 * Compares the connectors that an application requires with the files of connectors in a Base44 app,
 * and prints the differences. The process exits with code 1 if a required connector is missing.
 */
export async function checkConnectors(options: ConnectorsCheckOptions): Promise<void> {
  try {
    await compare(options);
  } catch (error) {
    fail((error as Error).message);
  }
  endProcess();
}

async function compare(options: ConnectorsCheckOptions): Promise<void> {
  const problem = await describeMissingApp(options.base44);
  if (problem !== undefined) {
    fail(problem);
    return;
  }
  const files = await readConnectorFiles(options.base44);
  const requirements = await readRequirements(options);
  const findings = requirements.map((one) => toFinding(one, files));
  const lines = [...findings.map(({ text }) => text), ...describeUnused(requirements, files)];
  const folder = relative('.', files.folder);
  console.log([`Connectors of ${options.app} and ${folder}:`, ...lines.map(toItem)].join('\n'));
  const count = findings.filter(({ isMissing }) => isMissing).length;
  if (count > 0) fail(`${folder} lacks ${count} of the required connectors.`);
}

function toFinding(requirement: ConnectorRequirement, { types }: ConnectorFiles): Finding {
  const { connector, isOptional, requiredBy } = requirement;
  const subject = `${formatConnectorRef(connector)}, required by ${requiredBy.join(' and ')}`;
  const toResult = (text: string, isMissing = false): Finding => ({
    isMissing,
    text: `${subject}: ${text}`,
  });
  if (typeof connector !== 'string') {
    return toResult('not checked, because the files contain integration types only');
  }
  if (types.has(connector)) return toResult('found');
  if (findDescription(connector)?.isMetered) {
    return toResult('not checked, because the connector is metered and needs no file');
  }
  const remedy = describeRemedy(connector, [...types]);
  return isOptional
    ? toResult(`missing, and optional. ${remedy}`)
    : toResult(`missing. ${remedy}`, true);
}

/** Suggests a connector of the app first, because the catalogue may lack it. */
function describeRemedy(connector: string, types: readonly string[]): string {
  const known = findDescription(connector) !== undefined;
  const similar = known ? undefined : types.find((type) => isSimilar(connector, type));
  if (similar !== undefined) return `Did you mean '${similar}'?`;
  return suggestConnector(connector) ?? CONNECT;
}

function describeUnused(
  requirements: readonly ConnectorRequirement[],
  { types }: ConnectorFiles,
): string[] {
  const required = new Set<unknown>(requirements.map(({ connector }) => connector));
  return [...types]
    .filter((type) => !required.has(type))
    .toSorted()
    .map((type) => `${type}: in the app, but no decorator requires it. Services may use it.`);
}

function toItem(line: string): string {
  return `- ${line}`;
}

/** Ends the process after its output is written. A file of the application may have opened sockets. */
function endProcess(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
