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
    'the Base44 function that hands out connections to an application outside of Base44',
  );

broker
  .command('init')
  .description('write base44/functions/connectors-broker and make a secret for it')
  .argument('[directory]', 'the folder of the Base44 app', '.')
  .option('-y, --yes', 'ask nothing', false)
  .option('-f, --force', 'overwrite files that are there', false)
  .option('-a, --allow <connectors>', "what may be handed out, such as 'slack,googlecalendar'")
  .addOption(
    new Option(
      '-s, --shape <shape>',
      'of the function: the documented one, or the newer one with base44:runtime',
    )
      .choices(['deno-serve', 'export-default'])
      .default('deno-serve'),
  )
  .action(initBroker);

broker
  .command('check')
  .description('ask a deployed broker whether all is well')
  .addOption(
    new Option('-u, --url <url>', 'https://<app>/functions/connectors-broker').env(
      'BASE44_BROKER_URL',
    ),
  )
  .addOption(
    new Option('--secret <secret>', 'better given by the environment').env('BASE44_BROKER_SECRET'),
  )
  .option('-c, --connector <connector>', 'fetch its connection, too (the token is not shown)')
  // It loads what sends requests, which takes a moment.
  .action(async (options: CheckOptions) =>
    (await import('./broker-check.js')).checkBroker(options),
  );

await program.parseAsync();
