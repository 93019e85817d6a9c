import { describe, expect, it } from 'vitest';
import { exitCodeOf, RouteProfileError } from './errors.js';

describe('RouteProfileError', () => {
  it('is recognised across copies of the package', async () => {
    // A second copy of the module, as npm may install it.
    const url = new URL('./errors.js?copy', import.meta.url).href;
    const copy = (await import(/* @vite-ignore */ url)) as typeof import('./errors.js');
    const foreign = new copy.RouteProfileError('BAD_INPUT', 'x');
    expect(foreign instanceof RouteProfileError).toBe(false);
    expect(RouteProfileError.isInstance(foreign)).toBe(true);
  });

  it('is not mistaken for other errors', () => {
    for (const value of [new Error('x'), null, undefined, 'BAD_INPUT', { code: 'BAD_INPUT' }])
      expect(RouteProfileError.isInstance(value)).toBe(false);
  });

  it('keeps code, hint, details and cause', () => {
    const cause = new Error('inner');
    const error = new RouteProfileError('SHAPE_MISMATCH', 'no', { hint: 'do this', details: ['a', 'b'], cause });
    expect(error).toMatchObject({ code: 'SHAPE_MISMATCH', hint: 'do this', details: ['a', 'b'], cause, message: 'no' });
  });

  it('maps to exit codes by who could have prevented it', () => {
    expect(exitCodeOf(new RouteProfileError('BAD_INPUT', ''))).toBe(2);
    expect(exitCodeOf(new RouteProfileError('NETWORK', ''))).toBe(1);
    expect(exitCodeOf(new RouteProfileError('ABORTED', ''))).toBe(130);
    expect(exitCodeOf(new TypeError('bug'))).toBe(1);
  });
});
