import { describe, expect, it } from 'vitest';
import { outputLost } from './main.js';

describe('standard output that fails', () => {
  const failing = (code: string) => {
    let said = '';
    const exit = outputLost(Object.assign(new Error('write'), { code }), { write: (text) => void (said += text) });
    return { exit, said };
  };

  it('is an error, and said', () => {
    for (const code of ['ENOSPC', 'EIO', 'EBADF']) {
      const { exit, said } = failing(code);
      expect(exit).toBe(1);
      expect(said).toMatch(new RegExp(`^error: cannot write to standard output .*${code}.*\\n$`));
    }
  });

  it('is none when whoever reads has had enough', () => {
    expect(failing('EPIPE')).toEqual({ exit: 0, said: '' });
  });
});
