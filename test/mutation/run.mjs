/**
 * Mutation testing: `npm run test:mutation -- SHARD`, or without an argument all shards in turn. The
 * name of a group, such as `security`, stands for its shards.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const PLUGIN = path.join(import.meta.dirname, 'in-process-runner.mjs');

/**
 * The mutated files of `lib`, and the specs of `test` that run against each mutant in this order. A
 * spec that runs the package in a child process sees no mutant.
 */
const SHARDS = {
  'security/identifiers': {
    mutate: ['common/{well-formed,connector-ref.parser,own-properties}'],
    specs: [
      'contract/inputs',
      'contract/responses',
      'app-users/app-user-connections',
      'module/connectors.options',
      'security/path-confinement',
    ],
  },
  'security/redaction': {
    mutate: [
      'common/secret',
      'errors/causes',
      'provider-client/{redact-causes,axios/axios-response}',
    ],
    specs: [
      'errors/find-connectors-error',
      'security/secret',
      'security/secrecy.inspection',
      'security/secrecy.malformed-responses',
      'provider-calls/http-service',
      'provider-calls/token-rejections',
      'provider-calls/redirects',
      'provider-calls/fetch',
      'security/secrecy.provider-responses',
    ],
  },
  'security/signature': {
    mutate: ['common/hash', 'base44/broker.signer', 'cli/broker-template/signature'],
    specs: ['broker/broker.trust', 'broker/broker.attacks', 'broker/broker.resolving'],
  },
  'security/origins': {
    mutate: [
      'common/server-url',
      'provider-client/{url.resolver,url-template,account-host,redirect.policy}',
    ],
    specs: [
      'provider-calls/for-feature.malformed',
      'module/connectors.options',
      'provider-calls/account-hosts',
      'provider-calls/for-feature',
      'provider-calls/redirects',
      'provider-calls/fetch',
      'provider-calls/origin-confinement',
      'identity/base44-headers',
    ],
  },
  broker: {
    mutate: ['cli/broker-template/broker'],
    specs: ['broker/broker.trust', 'broker/broker.attacks', 'broker/broker.resolving'],
  },
  options: {
    mutate: ['options/*'],
    specs: [
      'module/connectors.options',
      'broker/broker.options',
      'identity/base44-headers',
      'identity/base44-cookie',
      'identity/sign-in',
      'module/connectors.module',
      'module/environment',
      'module/connectors.service',
      'app-users/app-url',
      'app-users/app-user-routes',
      'telemetry/status-routes',
      'security/base44-proxies',
      'shared-store/entries',
      'broker/broker.trust',
      'cache/negative-entries',
      'cache/freshness',
      'cache/stale-if-error',
      'resilience/breaker',
      'resilience/retries',
    ],
  },
  identity: {
    mutate: ['identity/*'],
    specs: [
      'identity/base44-headers',
      'identity/bound-service',
      'identity/instances',
      'identity/sign-in',
      'identity/ambient-identity.http',
      'identity/ambient-identity.graphql',
      'identity/ambient-identity.websocket',
      'identity/ambient-identity.microservice',
      'identity/gateway-hooks',
      'identity/run-as',
      'identity/service-token-function',
      'shared-store/application-close',
      'identity/base44-cookie',
      'resilience/deadline',
      'app-users/app-user-routes',
      'identity/shared-classes',
      'identity/request-scoped-handlers',
      'resilience/metered-calls',
    ],
  },
  base44: {
    mutate: ['base44/!(broker.signer)'],
    specs: [
      'messages/unexpected-responses',
      'messages/clients',
      'messages/broker',
      'broker/broker.check',
      'contract/inputs',
      'app-users/app-user-connections',
      'cache/token-expiry',
      'messages/not-connected',
      'identity/base44-headers',
      'resilience/shutdown',
      'contract/requests',
      'contract/responses',
      'contract/metered-responses',
      'contract/errors',
      'contract/transport',
      'broker/broker.options',
      'broker/broker.resolving',
      'broker/broker.resilience',
      'security/base44-redirects',
      'security/response-size',
      'resilience/refusals',
      'resilience/metered-calls',
      'resilience/retry-after-header',
      'app-users/app-url',
      'app-users/initiate-responses',
      'messages/unknown-connectors',
      'messages/unknown-hosts',
      'module/connectors.service',
      'security/base44-proxies',
    ],
  },
  'provider-client/fetch': {
    mutate: ['provider-client/fetch/*'],
    specs: [
      'provider-calls/fetch',
      'provider-calls/fetch-for',
      'provider-calls/metered-fetch',
      'provider-calls/redirects',
      'provider-calls/token-rejections',
      'provider-calls/host-header',
      'provider-calls/call-address',
      'provider-calls/account-hosts',
      'provider-calls/renewal',
      'security/provider-prototype-pollution',
    ],
  },
  'provider-client/axios': {
    // The spec of nest-axios replaces a module, which only Jest can.
    mutate: ['provider-client/axios/!(axios-response|nest-axios)'],
    specs: [
      'provider-calls/http-service',
      'decorators/connector-http.handlers',
      'provider-calls/for-feature',
      'provider-calls/redirects',
      'provider-calls/token-rejections',
      'provider-calls/host-header',
      'provider-calls/renewal',
      'provider-calls/rate-limits',
      'provider-calls/idle-sockets',
      'security/secrecy.provider-responses',
      'provider-calls/call-address',
    ],
  },
  'provider-client/endpoints': {
    mutate: [
      'provider-client/{call-address,connector-feature.*,provider-endpoint*,provider.client,url.errors}',
    ],
    specs: [
      'provider-calls/for-feature.malformed',
      'provider-calls/for-feature',
      'provider-calls/call-address',
      'provider-calls/account-hosts',
      'provider-calls/fetch-for',
      'provider-calls/fetch',
      'provider-calls/shutdown',
      'messages/unknown-connectors',
      'decorators/connector-client',
      'security/provider-prototype-pollution',
    ],
  },
  'provider-client/rejections': {
    mutate: [
      'provider-client/{json-body,missing-scopes,scope-error,scopes.parser,token-rejection}',
    ],
    specs: [
      'provider-calls/missing-scopes',
      'provider-calls/missing-scopes.handlers',
      'provider-calls/token-rejections.catalogue',
      'provider-calls/token-rejections',
      'provider-calls/renewal',
    ],
  },
  'provider-client/requests': {
    mutate: [
      'provider-client/{authorized-request,authorized.sender,call-context,rate-limit,replayable,throttling-retry.policy}',
    ],
    specs: [
      'provider-calls/fetch',
      'provider-calls/token-rejections',
      'provider-calls/token-identity',
      'provider-calls/missing-scopes',
      'provider-calls/missing-scopes.handlers',
      'telemetry/channels',
      'telemetry/events',
      'provider-calls/call-address',
      'provider-calls/fetch-for',
      'provider-calls/renewal',
      'provider-calls/shutdown',
      'provider-calls/redirects',
      'provider-calls/rate-limits',
    ],
  },
  'connections/cache': {
    mutate: ['connections/{cache-entry,connection.cache,key-index,rejected-tokens,token-expiry}'],
    specs: [
      'cache/token-expiry',
      'cache/negative-entries',
      'cache/invalidate-rejected',
      'cache/freshness',
      'cache/stale-if-error',
      'provider-calls/token-identity',
      'app-users/app-user-connections',
      'telemetry/health',
      'shared-store/entries',
      'shared-store/synchronization',
      'shared-store/rejected-tokens',
      'provider-calls/renewal',
      'cache/memory',
      'fuzz/interleavings',
    ],
  },
  'connections/lookups': {
    mutate: ['connections/!(cache-entry|connection.cache|key-index|rejected-tokens|token-expiry)'],
    specs: [
      'cache/coalescing',
      'resilience/abort',
      'cache/freshness',
      'cache/negative-entries',
      'cache/invalidate-rejected',
      'app-users/app-user-connections',
      'telemetry/channels',
      'telemetry/events',
      'telemetry/status',
      'resilience/shutdown',
      'provider-calls/token-identity',
      'provider-calls/renewal',
      'shared-store/entries',
      'shared-store/synchronization',
      'shared-store/deadline',
      'cache/stale-if-error',
      'shared-store/lease',
      'fuzz/interleavings',
    ],
  },
  'connections/shared': {
    mutate: ['connections/shared/*'],
    specs: [
      'shared-store/entries',
      'shared-store/synchronization',
      'shared-store/deadline',
      'shared-store/application-close',
      'shared-store/rejected-tokens',
      'shared-store/faults',
      'cache/freshness',
      'shared-store/telling',
      'shared-store/forgetful-store',
      'shared-store/fleet',
    ],
  },
};

const wanted = process.argv.slice(2);
const isWanted = (name) =>
  wanted.length === 0 || wanted.some((each) => `${name}/`.startsWith(`${each}/`));

const rows = {};
// Stryker sees what a test reaches only in its own process.
Object.assign(process.env, { BROKER_IN_PROCESS: '1', TEST_SCALE: 'mutation' });
for (const [name, shard] of Object.entries(SHARDS)) {
  if (isWanted(name)) rows[name] = toRow(await run(name, shard));
}
console.table(rows);

function run(name, { mutate, specs }) {
  const report = `artifacts/mutation/${name.replace('/', '.')}`;
  const incrementalFile = `${report}.incremental.json`;
  if (existsSync(incrementalFile)) keepKilled(incrementalFile);
  return new Stryker({
    mutate: mutate.map((file) => `lib/${file}.ts`),
    testRunner: 'in-process',
    plugins: [PLUGIN],
    inProcess: { specs },
    coverageAnalysis: 'perTest',
    incremental: true,
    incrementalFile,
    jsonReporter: { fileName: `${report}.json` },
    tempDirName: 'artifacts/mutation/sandbox',
    ignorePatterns: ['artifacts', 'dist', 'coverage', 'sample'],
    concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 2),
    maxTestRunnerReuse: 100,
    timeoutMS: 30_000,
    dryRunTimeoutMinutes: 20,
    reporters: ['survivors', 'clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    warnings: { unknownOptions: false },
    allowConsoleColors: false,
  }).runMutationTest();
}

/** Stryker would also reuse the results of mutants that a new test might kill. */
function keepKilled(incrementalFile) {
  const report = JSON.parse(readFileSync(incrementalFile, 'utf8'));
  for (const file of Object.values(report.files)) {
    file.mutants = file.mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout');
  }
  writeFileSync(incrementalFile, JSON.stringify(report));
}

function toRow(results) {
  const count = (wantedStatus) => results.filter(({ status }) => status === wantedStatus).length;
  const [killed, timeout] = [count('Killed'), count('Timeout')];
  const [survived, noCoverage] = [count('Survived'), count('NoCoverage')];
  const mutants = killed + timeout + survived + noCoverage;
  const score = `${((100 * (killed + timeout)) / mutants).toFixed(2)} %`;
  return { mutants, killed, survived, timeout, 'no coverage': noCoverage, score };
}
