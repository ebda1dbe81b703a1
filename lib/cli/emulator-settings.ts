import { isAppUserConnector } from '../common/connector-ref.formatter.js';
import { IDENTIFIER_RULE, isBearerToken, isWellFormedIdentifier } from '../common/well-formed.js';
import { findDescription } from '../errors/connector-names.js';
import type { EmulatedConnector } from '../testing/emulator/state/emulated-connector.js';
import { NAME_FORMS } from './name-list.js';
import { describeUnknownNames } from './unknown-names.js';

/** The options of the command, before they are parsed. */
export interface EmulatorOptions {
  readonly connect?: readonly string[];
  readonly register?: readonly string[];
  readonly user?: readonly string[];
  readonly port: string;
  readonly appId?: string;
  readonly serviceToken: string;
}

/** A connector that is connected from the start. */
export interface StartingConnector {
  readonly name: string;
  readonly connector: EmulatedConnector;
  readonly isMetered: boolean;
  /** The environment variable with the access token. */
  readonly variable: string | undefined;
  readonly accessToken: string | undefined;
}

/** A connector that users connect on the consent page. */
export interface RegisteredConnector {
  readonly id: string;
  readonly integrationType: string | undefined;
}

export interface EmulatorSettings {
  readonly port: number;
  readonly appId: string | undefined;
  readonly serviceToken: string;
  readonly users: readonly string[];
  readonly connected: readonly StartingConnector[];
  readonly registered: readonly RegisteredConnector[];
}

/** The error of a wrong option. Its message contains no token. */
export class UsageError extends Error {}

/** @throws {@link UsageError} */
export function parseSettings(
  options: EmulatorOptions,
  env: Readonly<Record<string, string | undefined>>,
): EmulatorSettings {
  const { connect = [], register = [], user = [] } = options;
  const users = user.map(parseUser);
  const connected = connect.map((text) => parseConnector(text, env));
  const registered = register.map(parseRegistration);
  const needsUser = connected.find(({ connector }) => isAppUserConnector(connector));
  if (users.length === 0 && (needsUser ?? registered[0])) {
    const option = needsUser ? `--connect ${needsUser.name}` : '--register';
    throw new UsageError(`${option} requires a user of the app. Add --user ada.`);
  }
  return {
    port: parsePort(options.port),
    appId: options.appId === undefined ? undefined : parseId('--app-id', options.appId),
    serviceToken: parseServiceToken(options.serviceToken),
    users,
    connected,
    registered,
  };
}

/** Returns sentences about the integration types that the catalogue does not contain. */
export function describeUnknownTypes(settings: EmulatorSettings): string | undefined {
  const types = [
    ...settings.connected.map(({ connector }) => connector),
    ...settings.registered.map(({ integrationType }) => integrationType),
  ];
  return describeUnknownNames(types.filter((type) => typeof type === 'string'));
}

function parseConnector(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): StartingConnector {
  const [name = '', variable] = text.split(/=(.*)/s);
  const [, kind, id] = /^(workspaceConnector:|appUserConnector:)?(.*)$/s.exec(name) ?? [];
  if (!isWellFormedIdentifier(id)) {
    throw new UsageError(`--connect has a malformed name. ${NAME_FORMS}`);
  }
  const isMetered = kind === undefined && findDescription(id)?.isMetered === true;
  const accessToken = variable === undefined ? undefined : readToken(name, variable, env);
  if (isMetered && variable !== undefined) {
    throw new UsageError(`'${name}' is metered, so it has no access token. Remove '=' after it.`);
  }
  return { name, connector: toConnector(kind, id), isMetered, variable, accessToken };
}

function toConnector(kind: string | undefined, id: string): EmulatedConnector {
  if (kind === undefined) return id;
  return kind === 'appUserConnector:' ? { appUserConnector: id } : { workspaceConnector: id };
}

/** The message does not repeat the variable, because it may be a token. */
function readToken(
  name: string,
  variable: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const token = env[variable];
  if (isBearerToken(token)) return token;
  throw new UsageError(
    `The name after '${name}=' is not an environment variable with an access token. ` +
      `Write the name of the variable and not the token, as in ${name}=MY_TOKEN.`,
  );
}

function parseRegistration(text: string): RegisteredConnector {
  const [id, integrationType] = text.split(/:(.*)/s);
  if (isWellFormedIdentifier(id) && isAbsentOrIdentifier(integrationType)) {
    return { id, integrationType };
  }
  throw new UsageError(
    '--register has a malformed name. A name has one of these forms: <id>, <id>:googlecalendar.',
  );
}

function isAbsentOrIdentifier(value: string | undefined): boolean {
  return value === undefined || isWellFormedIdentifier(value);
}

/** The id of a user is also a part of the name of an environment variable. */
function parseUser(id: string): string {
  if (/^[a-z][a-z0-9_]{0,63}$/i.test(id)) return id;
  throw new UsageError("--user must be 1 to 64 letters, digits or '_', and start with a letter.");
}

function parseId(option: string, value: string): string {
  if (isWellFormedIdentifier(value)) return value;
  throw new UsageError(`${option} must be ${IDENTIFIER_RULE}.`);
}

function parseServiceToken(token: string): string {
  if (isBearerToken(token)) return token;
  throw new UsageError('--service-token must be printable ASCII without spaces.');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError('--port must be a number from 0 to 65535. 0 chooses a free port.');
}
