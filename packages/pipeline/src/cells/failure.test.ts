import { RouteProfileError } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.js';

const builtIn = { label: 'mlp' };
const plugin = { label: 'mine', plugin: './mine.mjs' };

describe('what a profile or router failed with', () => {
  it.each([new TypeError('x is undefined'), new RouteProfileError('PLUGIN_FAILED', 'a score is NaN'), 'text'])(
    'is a bug of ours when it is built in, never a failed plugin: %s',
    (error) => {
      const failure = failureOf('router', builtIn, error);
      expect(failure.code).toBe('INTERNAL');
      expect(failure.message).toMatch(/^router mlp failed: /);
      expect(failure.hint).toContain('report');
      expect(failure.cause).toBe(error);
    },
  );

  it('is the error that a built-in strategy names itself', () => {
    const error = new RouteProfileError('NOT_FINITE', 'mlp: the loss of epoch 3 is NaN');
    expect(failureOf('router', builtIn, error)).toBe(error);
  });

  it('is why a plugin could not be loaded, where there is none to run', () => {
    const error = new RouteProfileError('PLUGIN_FAILED', 'plugin ./half.mjs: it has no load');
    expect(failureOf('router', { label: './half.mjs', failure: error.message }, error)).toBe(error);
  });

  it('is named after the plugin that threw it', () => {
    expect(failureOf('profile', plugin, new Error('no luck'))).toMatchObject({
      code: 'PLUGIN_FAILED',
      message: 'profile mine failed: no luck',
    });
    expect(failureOf('router', plugin, new RouteProfileError('BAD_INPUT', 'no rows'))).toMatchObject({
      code: 'BAD_INPUT',
      message: 'router mine failed: no rows',
    });
    const aborted = new RouteProfileError('ABORTED', 'interrupted');
    expect(failureOf('router', plugin, aborted)).toBe(aborted);
  });
});
