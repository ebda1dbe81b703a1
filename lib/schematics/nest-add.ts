import { addVariables } from './env-example.js';
import { describeManualEdit } from './manual-edit.js';
import { addPackages } from './required-packages.js';
import { registerConnectors } from './root-module.editor.js';
import {
  readText,
  type SchematicContext,
  type SchematicTree,
  writeText,
} from './schematic.interface.js';
import { loadTypeScript } from './typescript.loader.js';
import { UneditableFileError } from './uneditable-file.error.js';
import { type Way, WAYS } from './ways.js';

/** The options in schema.json, which also has their defaults. */
export interface NestAddOptions {
  readonly way: keyof typeof WAYS;
  readonly module?: string;
  readonly sourceRoot: string;
  readonly skipInstall: boolean;
}

const ENV_EXAMPLE = '.env.example';

/**
 * Returns the schematic of `nest add nestjs-base44-connectors`. It registers `ConnectorsModule` in the root
 * module, and adds the variables to `.env.example` and the packages that the registration needs.
 */
export function nestAdd({ way: name, module, sourceRoot, skipInstall }: NestAddOptions) {
  const path = module ?? `${sourceRoot}/app.module.ts`;
  const way = WAYS[name];
  return (tree: SchematicTree, context: SchematicContext): void => {
    if (!editRootModule(tree, context, path, way)) {
      context.logger.info(`Nothing was changed because ${path} already uses ConnectorsModule.`);
      return;
    }
    editEnvExample(tree, context, way);
    addPackages(tree, context, way, skipInstall);
    context.logger.info(`Next: ${way.nextStep}`);
  };
}

/** Returns `false` if the module is registered already. */
function editRootModule(
  tree: SchematicTree,
  { logger }: SchematicContext,
  path: string,
  way: Way,
): boolean {
  try {
    const source = registerConnectors(loadTypeScript(), readSource(tree, path), way);
    if (source === undefined) return false;
    writeText(tree, path, source);
    logger.info(`Registered ConnectorsModule in ${path} for an application that ${way.audience}.`);
  } catch (error) {
    if (!(error instanceof UneditableFileError)) throw error;
    logger.warn(describeManualEdit(path, error.message, way));
  }
  return true;
}

function readSource(tree: SchematicTree, path: string): string {
  if (!/\.[cm]?ts$/.test(path)) throw new UneditableFileError('it is not a TypeScript file');
  const source = readText(tree, path);
  if (source !== undefined) return source;
  throw new UneditableFileError('it does not exist. If another file has it, use --module <file>');
}

function editEnvExample(
  tree: SchematicTree,
  { logger }: SchematicContext,
  { variables }: Way,
): void {
  try {
    const text = readText(tree, ENV_EXAMPLE) ?? '';
    writeText(tree, ENV_EXAMPLE, addVariables(text, variables));
  } catch (error) {
    if (!(error instanceof UneditableFileError)) throw error;
    const lines = addVariables('', variables);
    logger.warn(
      `${ENV_EXAMPLE} was not changed because ${error.message}. Add these lines by hand:\n\n${lines}`,
    );
  }
}
