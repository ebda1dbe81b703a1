#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EMULATOR_DEFAULTS } from '../testing/emulator/emulator.defaults.js';
import type { InitOptions } from './broker-init.js';
import type { ConnectorsCheckOptions } from './connectors-check.js';
import type { EmulatorOptions } from './emulator-settings.js';
import { NAME_FORMS, parseNameList } from './name-list.js';

const manifest = new URL('../../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

const program = new Command('nestjs-base44-connectors')
  .description('Tools for nestjs-base44-connectors')
  .version(version)
  .showHelpAfterError();

const broker = program
  .command('broker')
  .description(
    'manage the Base44 function that returns connections to an application outside Base44',
  );

broker
  .command('init')
  .description('write the function into a Base44 app, with a new secret')
  .argument('[directory]', 'the folder of the Base44 app', '.')
  .option('-y, --yes', 'ask no questions', false)
  .option('-f, --force', 'overwrite files, and accept any folder and any name', false)
  .option(
    '-a, --allow <connectors>',
    "the allowed connectors, such as 'slack,googlecalendar'. In a terminal, the command asks for them",
  )
  .addOption(
    new Option(
      '-s, --shape <shape>',
      'the shape of the function: the documented shape, or the newer shape with base44:runtime',
    )
      .choices(['deno-serve', 'export-default'])
      .default('deno-serve'),
  )
  .action(async (directory: string, options: InitOptions) =>
    (await import('./broker-init.js')).initBroker(directory, options),
  );

broker
  .command('check')
  .description('check whether a deployed broker works')
  .addOption(
    new Option(
      '-u, --url <url>',
      'the URL of the broker, https://<app>/functions/connectors-broker',
    ).env('BASE44_BROKER_URL'),
  )
  .addOption(
    new Option(
      '--secret <secret>',
      'the secret of the broker (prefer the environment variable)',
    ).env('BASE44_BROKER_SECRET'),
  )
  .option('-c, --connector <connector>', 'also fetch this connection (the token is not shown)')
  .addOption(
    new Option('-e, --env <file>', 'a file with the variables, such as .env').argParser(
      loadEnvironment,
    ),
  )
  .action(async (_, command: Command) => {
    // Loaded on demand because the HTTP client makes other commands start slowly.
    const settings = (await import('./check-settings.js')).readSettings(command);
    if (settings) await (await import('./broker-check.js')).checkBroker(settings);
  });

/**
 * Loads a file. The option is not `--env-file`, because Node.js 20 would interpret that itself. Commander
 * reads the variables after the options, so it finds the variables of the file.
 */
function loadEnvironment(file: string): string {
  try {
    process.loadEnvFile(file);
    return file;
  } catch {
    throw new InvalidArgumentError('The file cannot be read.');
  }
}

program
  .command('emulator')
  .description("emulate Base44's connectors API on this computer, with a consent page")
  .option(
    '-c, --connect <connectors>',
    `the connectors that are connected, such as 'slack,googlecalendar'. ${NAME_FORMS} ` +
      "'slack=SLACK_TOKEN' takes the access token from an environment variable",
    collect,
  )
  .option('-u, --user <ids>', "the app's signed-in users, such as 'ada,grace'", collect)
  .option(
    '-r, --register <ids>',
    "the connectors that users connect on the consent page, such as '66f0c2a41d:googlecalendar'",
    collect,
  )
  .option(
    '-p, --port <port>',
    'the port on 127.0.0.1; 0 chooses a free one',
    String(EMULATOR_DEFAULTS.port),
  )
  .option('--app-id <id>', 'the id of the app (a fixed id by default)')
  .option('--service-token <token>', 'the valid service token', EMULATOR_DEFAULTS.serviceToken)
  // Loaded on demand because other commands do not need it.
  .action(async (options: EmulatorOptions) => (await import('./emulator.js')).runEmulator(options));

program
  .command('connectors')
  .description('manage the connectors of the application')
  .command('check')
  .description(
    'compare the connectors that decorators require with the files of a Base44 app. The exit code is 1 ' +
      'if a required connector is missing',
  )
  .option('-a, --app <file>', 'the built file of the root module', 'dist/app.module.js')
  .option('-e, --export <name>', 'the root module, if the file exports several')
  .option('-b, --base44 <directory>', 'the folder of the Base44 app', '.')
  .option('-i, --instance <name>', 'the instance of ConnectorsModule, if it has a name')
  .action(async (options: ConnectorsCheckOptions) =>
    (await import('./connectors-check.js')).checkConnectors(options),
  );

await program.parseAsync();

/** Collects the names of an option that is repeated, or has a comma-separated list. */
function collect(list: string, previous: readonly string[] = []): string[] {
  return [...previous, ...parseNameList(list)];
}
