import type { Command } from 'commander';
import {
  describeBrokerSecretProblem,
  describeBrokerUrlProblem,
} from '../options/broker.validator.js';
import { describeConnectorProblem } from './allow-list.js';
import { fail } from './fail.js';

/** A value, and the option or variable of the environment by which the user set it. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

export interface CheckSettings {
  readonly url: Setting;
  readonly secret: Setting;
  /** The connector whose connection is also fetched. */
  readonly connector: string | undefined;
}

const NO_FILE_HINT = 'The command does not read .env by itself. To read it, use --env .env.';

/** Returns the settings of `broker check`, or reports each missing or malformed one with its remedy. */
export function readSettings(command: Command): CheckSettings | undefined {
  const url = readSetting(command, 'url');
  const secret = readSetting(command, 'secret');
  const { connector, env } = command.opts<{ connector?: string; env?: string }>();
  const place = env ?? 'the environment';
  const problems = [
    url
      ? describe(url.name, describeBrokerUrlProblem(url.value))
      : `The URL of the broker is missing. Set BASE44_BROKER_URL in ${place}, or use --url.`,
    secret
      ? describe(secret.name, describeBrokerSecretProblem(secret.value))
      : `The secret of the broker is missing. Set BASE44_BROKER_SECRET in ${place}.`,
    connector === undefined ? '' : describe('--connector:', describeConnectorProblem(connector)),
    (url && secret) || env !== undefined ? '' : NO_FILE_HINT,
  ].filter((problem) => problem !== '');
  if (url && secret && problems.length === 0) return { url, secret, connector };
  fail(problems.join('\n'));
  return undefined;
}

/** Returns a setting with the name of the option or the variable by which the user set it. */
function readSetting(command: Command, option: 'url' | 'secret'): Setting | undefined {
  const value = command.getOptionValue(option) as string | undefined;
  if (value === undefined) return undefined;
  const isVariable = command.getOptionValueSource(option) === 'env';
  const name = isVariable ? `BASE44_BROKER_${option.toUpperCase()}` : `--${option}`;
  return { name, value };
}

function describe(name: string, problem: string | undefined): string {
  return problem === undefined ? '' : `${name} ${problem}.`;
}
