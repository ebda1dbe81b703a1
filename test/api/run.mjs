// Keeps the reports of the public API. CI fails when one changes unannounced; `npm run api` updates them.
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const localBuild = process.env.CI === undefined;

const entries = {
  core: 'index',
  testing: 'testing/index',
  opentelemetry: 'opentelemetry/index',
  'base44-types': 'base44-types',
};
let hasFailed = false;

for (const [name, file] of Object.entries(entries)) {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: `${root}package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `<projectFolder>/dist/lib/${file}.d.ts`,
      compiler: { tsconfigFilePath: '<projectFolder>/tsconfig.json' },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: '<projectFolder>/test/api',
        reportTempFolder: '<projectFolder>/dist/api',
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'none' } },
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, { localBuild });
  console.log(`${name}: ${apiReportChanged ? 'changed' : 'unchanged'}`);
  hasFailed ||= !succeeded || (!localBuild && apiReportChanged);
}

if (hasFailed) {
  console.error('The public API changed. Run `npm run api` and commit test/api.');
  process.exitCode = 1;
}
