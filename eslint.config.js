import js from '@eslint/js';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      '**/dist/**',
      'examples/**',
      '**/.vitepress/**',
      '**/.vitest/**',
      '**/assembly/**',
      '**/fixtures/**',
      '.nx/**',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    files: [
      'packages/schema/src/**',
      'packages/numerics/src/**',
      'packages/graph/src/**',
      'packages/profiles/src/**',
      'packages/routers/src/**',
      'packages/tensor/src/**',
      'packages/encoder-static/src/**',
      'packages/encoders/src/**',
      'packages/eval/src/**',
      'packages/providers/src/**',
      'packages/report/src/**',
      'packages/collect/src/**',
      'packages/pipeline/src/**',
      'packages/gateway/src/**',
      'packages/ai-sdk/src/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Take randomness from the seed of the context.' },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}', '**/*.config.ts', 'tools/**', '**/bench/**'],
    ...ts.configs.disableTypeChecked,
    languageOptions: {
      ...ts.configs.disableTypeChecked.languageOptions,
      globals: Object.fromEntries(
        [
          'console',
          'structuredClone',
          'Response',
          'Request',
          'Headers',
          'TextEncoder',
          'process',
          'URL',
          'module',
          'require',
          'performance',
          'setTimeout',
          'setInterval',
          'clearInterval',
          'clearTimeout',
          'Buffer',
          'AbortController',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: {
      ...ts.configs.disableTypeChecked.rules,
      'no-console': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
);
