/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/test', '<rootDir>/sample'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  // Tells a test that hangs from one that a busy machine slows down.
  testTimeout: process.env.TEST_SCALE === 'full' ? 600_000 : 120_000,
  // Jest never frees the modules of finished files, so a worker starts anew when it has grown.
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
  extensionsToTreatAsEsm: ['.ts'],
  // The options are in .swcrc, which child processes of tests are compiled with as well.
  transform: { '^.+\\.ts$': '@swc/jest' },
  // Tests import the package by its name; here that name means the source.
  moduleNameMapper: {
    '^nestjs-base44-connectors$': '<rootDir>/lib/index.ts',
    '^nestjs-base44-connectors/testing$': '<rootDir>/lib/testing/index.ts',
    '^nestjs-base44-connectors/opentelemetry$': '<rootDir>/lib/opentelemetry/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  collectCoverageFrom: ['lib/**/*.ts'],
};
