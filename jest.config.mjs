/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  // Real sockets, also on a busy machine: a test waits for what happens, and this ends one that hangs.
  testTimeout: 60_000,
  // Jest never frees the modules of finished files, so a worker starts anew when it has grown.
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Tests import the package by its name; here that name means the source.
  moduleNameMapper: {
    '^nestjs-base44-connectors$': '<rootDir>/lib/index.ts',
    '^nestjs-base44-connectors/testing$': '<rootDir>/lib/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  collectCoverageFrom: ['lib/**/*.ts'],
};
