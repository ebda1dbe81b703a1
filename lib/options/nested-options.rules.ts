import { IsArray, IsBoolean, IsOptional } from 'class-validator';
import { MAX_TIMER_MS } from '../common/clock.js';
import { describeBrokerSecretProblem, describeBrokerUrlProblem } from './broker.validator.js';
import { getOptionNames } from './problems.js';
import {
  describeAppUserTokenProblem,
  describeTrustedAppIdsProblem,
  describeTrustedServerUrlsProblem,
} from './request.validator.js';
import { IsOptionalInt, IsSettingsOrFalse, Rule } from './rule.decorator.js';
import {
  describeEncryptionKeysProblem,
  describeLeaseProblem,
  describeStoreProblem,
} from './store.validator.js';

/** Ten minutes, which is longer than callers wait. */
const MAX_DEADLINE_MS = 600_000;
const MAX_COUNT = 10_000_000;
const MAX_RETRIES = 10;

/**
 * The rules of `cache`.
 *
 * @internal
 */
export class CacheRules {
  @IsOptionalInt(1, MAX_TIMER_MS)
  ttlMs?: unknown;

  @IsOptionalInt(0, MAX_TIMER_MS)
  negativeTtlMs?: unknown;

  @IsOptionalInt(0, MAX_TIMER_MS)
  staleIfErrorMs?: unknown;

  @IsOptionalInt(1, MAX_COUNT)
  maxEntries?: unknown;

  @IsOptional()
  @Rule(describeStoreProblem)
  store?: unknown;

  @Rule(describeEncryptionKeysProblem)
  encryptionKeys?: unknown;

  @IsOptional()
  @Rule(describeLeaseProblem)
  lease?: unknown;

  @IsOptionalInt(1, MAX_DEADLINE_MS)
  storeDeadlineMs?: unknown;
}

/**
 * The rules of `resilience`.
 *
 * @internal
 */
export class ResilienceRules {
  @IsOptionalInt(1, MAX_DEADLINE_MS)
  attemptTimeoutMs?: unknown;

  @IsOptionalInt(1, MAX_DEADLINE_MS)
  deadlineMs?: unknown;

  @IsOptionalInt(0, MAX_RETRIES)
  retries?: unknown;

  @IsSettingsOrFalse()
  breaker?: unknown;
}

/**
 * The rules of `resilience.breaker`.
 *
 * @internal
 */
export class BreakerRules {
  @IsOptionalInt(1, MAX_COUNT)
  failureThreshold?: unknown;

  @IsOptionalInt(1, MAX_TIMER_MS)
  halfOpenAfterMs?: unknown;
}

/**
 * The rules of `request`.
 *
 * @internal
 */
export class RequestRules {
  @IsOptional()
  @IsBoolean()
  base44Headers?: unknown;

  @IsOptional()
  @IsBoolean()
  base44Cookie?: unknown;

  @IsOptional()
  @Rule(describeTrustedServerUrlsProblem)
  @IsArray({ message: '$property must be a list of URLs such as https://base44.app' })
  trustedServerUrls?: unknown;

  @IsOptional()
  @Rule(describeTrustedAppIdsProblem)
  trustedAppIds?: unknown;

  @Rule(describeAppUserTokenProblem)
  appUserToken?: unknown;
}

/**
 * The rules of `broker`.
 *
 * @internal
 */
export class BrokerRules {
  @Rule(describeBrokerUrlProblem)
  url?: unknown;

  @Rule(describeBrokerSecretProblem)
  secret?: unknown;
}

/**
 * The paths of all nested options, such as `cache.ttlMs`.
 *
 * @internal
 */
export const NESTED_OPTIONS: readonly string[] = Object.entries({
  request: RequestRules,
  cache: CacheRules,
  resilience: ResilienceRules,
  'resilience.breaker': BreakerRules,
  broker: BrokerRules,
}).flatMap(([option, RulesClass]) => getOptionNames(RulesClass).map((name) => `${option}.${name}`));
