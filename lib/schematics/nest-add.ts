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
import { UneditableModuleError } from './uneditable-module.error.js';
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
    const variables = addVariables(readText(tree, ENV_EXAMPLE) ?? '', way.variables);
    writeText(tree, ENV_EXAMPLE, variables);
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
    if (!(error instanceof UneditableModuleError)) throw error;
    logger.warn(describeManualEdit(path, error.message, way));
  }
  return true;
}

function readSource(tree: SchematicTree, path: string): string {
  const source = readText(tree, path);
  if (source !== undefined) return source;
  throw new UneditableModuleError('it does not exist. If another file has it, use --module <file>');
}
