import assert from 'node:assert/strict';
import { join } from 'node:path';
import { exec } from '../exec.mjs';
import { install } from '../scratch.mjs';

/** The packages of each SDK, and a version of Node.js that it supports. SDK 3 needs 22.15. */
export const SDKS = [
  {
    sdk: '2',
    node: '20',
    packages: [
      'api@1.9',
      'sdk-trace@2',
      'sdk-metrics@2',
      'context-async-hooks@2',
      'instrumentation@0.223',
      'instrumentation-http@0.223',
      'instrumentation-undici@0.33',
    ],
  },
  {
    sdk: '3',
    node: '24',
    packages: [
      'api@1.10',
      'sdk-trace@3',
      'sdk-metrics@3',
      'context-async-hooks@3',
      'instrumentation@0.301',
      'instrumentation-http@0.301',
      'instrumentation-undici@0.34',
    ],
  },
];

const METRICS = [
  'base44.connectors.request.duration',
  'base44.connectors.lookups',
  'base44.connectors.call.duration',
  'base44.connectors.events',
];

/** The spans of a request whose first token the provider rejects. */
const TREES = {
  with: [
    'SERVER GET',
    '  INTERNAL connectors.request slack',
    '    CLIENT GET',
    '  INTERNAL connectors.call slack',
    '    CLIENT GET',
    '    INTERNAL connectors.request slack',
    '      CLIENT GET',
    '    CLIENT GET',
  ],
  without: [
    'INTERNAL connectors.request slack',
    'INTERNAL connectors.call slack',
    '  INTERNAL connectors.request slack',
  ],
};

/** Traces a request, with and without the instrumentations of HTTP and undici. */
export async function assertTraces(project, program, { kind }, { packages }) {
  await install(project, ...packages.map((name) => `@opentelemetry/${name}`));
  const how = kind === 'ESM' ? 'import' : 'require';
  for (const [instrumentations, tree] of Object.entries(TREES)) {
    const args = [join('probes', 'traced.mjs'), how, instrumentations];
    const printed = JSON.parse(await exec(program, args, { cwd: project }));
    assert.deepEqual(
      { ...printed, metrics: printed.metrics.sort() },
      { body: { hasToken: true, status: 200 }, tree, metrics: METRICS.toSorted() },
    );
  }
}
