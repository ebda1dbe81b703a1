import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The rooms of the house, from the front door down. A file imports from its own
 * room and from the rooms below it, so there are no cycles and one way in.
 */
const rooms = [
  'cli',
  'schematics',
  'testing',
  'opentelemetry',
  'index.ts',
  'base44-types.ts',
  'base44-sdk.ts',
  'connectors.module.ts',
  'connectors.providers.ts',
  'connectors.scope.validator.ts',
  'connectors.event-listeners.ts',
  'connectors.verifier.ts',
  'connectors-feature.module.ts',
  'connectors-feature.clients.ts',
  'connectors-feature.http.ts',
  'connectors.module-definition.ts',
  'app-user.controller.ts',
  'status',
  'direct.response.ts',
  'openapi',
  'decorators',
  'filters',
  'connectors.copies.ts',
  'connectors.tokens.ts',
  'health',
  'connectors.service.ts',
  'connectors.core.ts',
  'provider-client',
  'connections',
  'base44',
  'identity',
  'discovery',
  'resilience',
  'telemetry',
  'options',
  'common',
  'interfaces',
  'errors',
  'connectors.catalogue.ts',
];

/** Words that make readers read twice. `, for ` is found where it means "because". */
const HARD_WORDS = /\b(whoever|whatever|whichever|nobody|lest|be it)\b|, for (?!example\b)/i;

const plainEnglish = {
  create: ({ sourceCode, report }) => ({
    Program() {
      for (const [index, text] of sourceCode.lines.entries()) {
        const [words] = HARD_WORDS.exec(text) ?? [];
        if (words === undefined) continue;
        const message = `"${words.trim()}" makes readers read twice: say it in plain words.`;
        report({ loc: { line: index + 1, column: text.indexOf(words) }, message });
      }
    },
  }),
};

const isFolder = (room) => !room.endsWith('.ts');

const oneWayDown = rooms.slice(1).map((room, index) => ({
  files: [isFolder(room) ? `lib/${room}/**/*.ts` : `lib/${room}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: rooms.slice(0, index + 1).map((upper) => ({
          regex: isFolder(upper) ? `/${upper}/` : `/${upper.replace(/\.ts$/, '')}\\.js$`,
          message: `${room} stands below ${upper}: imports run down the list of rooms only.`,
        })),
      },
    ],
  },
}));

/** Folders that stand beside each other: neither imports the other. A rule of its own, because the rooms use the other one. */
function sideBySide(...folders) {
  return folders.map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: folders
            .filter((other) => other !== folder)
            .map((other) => ({
              regex: `/${other.split('/').at(-1)}/`,
              message: `${folder} and ${other} stand beside each other.`,
            })),
        },
      ],
    },
  }));
}

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'artifacts', 'node_modules'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Nest's modules are classes without members of their own.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `async` also says: rejects, and never throws synchronously.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // A getter stands on the prototype, so it does not show on every instance.
      '@typescript-eslint/class-literal-property-style': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests hand wrong values to typed surfaces on purpose.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // Nest declares the options of an application as a class, and users pass an object.
    files: ['sample/**/*.spec.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    // Code that users migrate from.
    files: ['sample/07-migration/before.service.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  { files: ['**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  {
    files: ['lib/**/*.ts'],
    plugins: { house: { rules: { 'plain-english': plainEnglish } } },
    rules: { 'house/plain-english': 'error' },
  },
  {
    // An application without @nestjs/axios would not start.
    files: ['lib/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[importKind!='type'][source.value='@nestjs/axios']",
          message:
            '@nestjs/axios is an optional peer: import its types only, and load it with NestAxios.',
        },
      ],
    },
  },
  ...oneWayDown,
  ...sideBySide('lib/provider-client/fetch', 'lib/provider-client/axios'),
);
