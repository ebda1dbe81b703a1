#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { CheckOptions } from './broker-check.js';
import { initBroker } from './broker-init.js';

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
  .description('write base44/functions/connectors-broker and generate a secret for it')
  .argument('[directory]', 'the folder of the Base44 app', '.')
  .option('-y, --yes', 'ask no questions', false)
  .option('-f, --force', 'overwrite existing files', false)
  .option('-a, --allow <connectors>', "the allowed connectors, such as 'slack,googlecalendar'")
  .addOption(
    new Option(
      '-s, --shape <shape>',
      'the shape of the function: the documented one, or the newer one with base44:runtime',
    )
      .choices(['deno-serve', 'export-default'])
      .default('deno-serve'),
  )
  .action(initBroker);

broker
  .command('check')
  .description('check whether a deployed broker works')
  .addOption(
    new Option('-u, --url <url>', 'https://<app>/functions/connectors-broker').env(
      'BASE44_BROKER_URL',
    ),
  )
  .addOption(
    new Option(
      '--secret <secret>',
      'the secret of the broker (prefer the environment variable)',
    ).env('BASE44_BROKER_SECRET'),
  )
  .option('-c, --connector <connector>', 'also fetch this connection (the token is not shown)')
  // Loaded on demand because the HTTP client makes other commands start slowly.
  .action(async (options: CheckOptions) =>
    (await import('./broker-check.js')).checkBroker(options),
  );

await program.parseAsync();
