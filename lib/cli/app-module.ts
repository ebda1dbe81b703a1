import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import type * as NestCoreNamespace from '@nestjs/core';
import { getConnectorsToken } from '../connectors.tokens.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';

type NestCore = typeof NestCoreNamespace;
type ModulesContainer = InstanceType<NestCore['ModulesContainer']>;
type RootModule = Parameters<NestCore['NestFactory']['createApplicationContext']>[0];

export interface AppModuleOptions {
  /** The path of the built file of the root module. */
  readonly app: string;
  /** The name of the module among the exports of the file. */
  readonly export?: string;
  /** The name of the instance of `ConnectorsModule`. */
  readonly instance?: string;
}

const MAX_LINES = 5;
const SETTINGS_HINT =
  'If it reads settings when it is loaded, set the variables to any valid values. The command does not use them.';
const EXAMPLE = 'such as dist/app.module.js';

/**
 * Returns the connectors that the decorators of a built application require.
 *
 * Nest creates the application in its preview mode: it scans the modules, and runs no constructor,
 * factory or lifecycle hook of the application. Requirements are metadata of classes, so they need no instances.
 *
 * @throws `Error` with the reason and the remedy, when the application cannot be scanned
 */
export async function readRequirements(
  settings: AppModuleOptions,
): Promise<ConnectorRequirement[]> {
  const { app, instance: name } = settings;
  await checkFile(app);
  const { NestFactory, ModulesContainer } = await loadNest(app);
  const module = selectModule(await loadExports(app), settings);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's class has no instances.
  const options: NestApplicationContextOptions = {
    preview: true,
    abortOnError: false,
    logger: false,
  };
  let modules: ModulesContainer;
  try {
    const context = await NestFactory.createApplicationContext(module, options);
    modules = context.get(ModulesContainer);
  } catch (error) {
    throw toError(`Nest cannot scan the module in ${app}`, error);
  }
  if (!registersInstance(modules, name)) {
    const instance = name === undefined ? 'without a name' : `with the name '${name}'`;
    throw new Error(
      `${app} registers no ConnectorsModule ${instance}. Check --app, --export and --instance.`,
    );
  }
  return new RequiredConnectors(modules, { name }).list();
}

/** The application may load the other format of the package, whose class has the same name. */
function registersInstance(modules: ModulesContainer, name: string | undefined): boolean {
  const token = getConnectorsToken(name);
  const tokens = [...modules.values()].flatMap(({ providers }) => [...providers.keys()]);
  return tokens.some((each) => toName(each) === toName(token));
}

function toName(token: unknown): unknown {
  return typeof token === 'function' ? token.name : token;
}

async function checkFile(app: string): Promise<void> {
  if (/\.[cm]?tsx?$/.test(app)) {
    throw new Error(`${app} is not built. Build the application, and name a file ${EXAMPLE}.`);
  }
  if (/^main\.[cm]?js$/.test(basename(app))) {
    throw new Error(`${app} starts the application. Name the file of its root module, ${EXAMPLE}.`);
  }
  await access(app).catch(() => {
    throw new Error(`${app} does not exist. Build the application, and name a file ${EXAMPLE}.`);
  });
}

/** Loads the application's copy of Nest, because each copy keeps modules of its own. */
async function loadNest(app: string): Promise<NestCore> {
  const url = pathToFileURL(app);
  try {
    const core = pathToFileURL(createRequire(url).resolve('@nestjs/core'));
    return (await import(core.href)) as NestCore;
  } catch {
    throw new Error(
      `${app} belongs to no Nest application, because @nestjs/core is not installed there.`,
    );
  }
}

/** Returns the exports of a file. Those of a CommonJS file are also in its default export. */
async function loadExports(app: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const exports = (await import(pathToFileURL(app).href)) as Readonly<Record<string, unknown>>;
    return { ...exports, ...(Object(exports.default) as object) };
  } catch (error) {
    throw toError(`${app} cannot be loaded`, error, SETTINGS_HINT);
  }
}

function selectModule(
  exports: Readonly<Record<string, unknown>>,
  { app, export: name }: AppModuleOptions,
): RootModule {
  const names = Object.keys(exports).filter((key) => typeof exports[key] === 'function');
  const modules = names.filter((key) => key.endsWith('Module'));
  const only = modules.length === 1 ? modules[0] : undefined;
  const selected = name ?? ['AppModule', only, 'default'].find((one) => one && names.includes(one));
  if (selected !== undefined && names.includes(selected)) return exports[selected] as RootModule;
  const listed = names.length === 0 ? 'no class' : names.join(', ');
  throw new Error(
    name === undefined
      ? `${app} exports ${listed}. Name the root module with --export.`
      : `${app} does not export a module ${name}. It exports ${listed}.`,
  );
}

/** Returns an error with the start of the cause's message, because a stack of Node.js can follow it. */
function toError(failure: string, cause: unknown, hint?: string): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const start = message.trim().split('\n').slice(0, MAX_LINES);
  return new Error([`${failure}: ${start.join('\n')}`, hint].join('\n').trimEnd(), { cause });
}
