import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dedent, extractCode, indent } from './extract.js';

const CODE = 'def f(x):\n    return x\n';

describe('extractCode', () => {
  it.each([
    ['marks', `[BEGIN]\n${CODE}[Done]`],
    ['marks with words around and blank lines kept', `Sure:\n[BEGIN]\n${CODE}[Done] That is it. [BEGIN]x[Done]`],
    ['marks in other letters', `[begin]\r\n${CODE.replaceAll('\n', '\r\n')}[DONE]`],
    ['an end that never comes', `[BEGIN]\n${CODE}`],
    ['a fence inside marks', `[BEGIN]\n\`\`\`python\n${CODE}\`\`\`\n[Done]`],
    ['a fence', `Here it is:\n\`\`\`python\n${CODE}\`\`\`\nUse it well.`],
    ['a fence that is not closed', `\`\`\`\n${CODE}`],
    ['the block that defines something', `\`\`\`sh\npip install x\n\`\`\`\n\`\`\`py\n${CODE}\`\`\``],
    ['nothing but code', CODE],
  ])('%s', (_, response) => expect(extractCode(response)).toBe(CODE));

  it('keeps blank lines within the code', () => {
    const code = 'import re\n\ndef f(x):\n\n    return x\n';
    expect(extractCode(`[BEGIN]\n${code}[Done]`)).toBe(code);
  });

  it('keeps the indentation of a body', () =>
    expect(extractCode('[BEGIN]\n    return 1\n[Done]')).toBe('    return 1\n'));
});

describe('dedent', () => {
  it('takes the common margin, tabs and spaces told apart', () => {
    expect(dedent('    a\n\n      b\n   \n    c')).toBe('a\n\n  b\n\nc');
    expect(dedent('\ta\n    b')).toBe('\ta\n    b');
  });
  it('undoes indent', () => {
    const line = fc.stringMatching(/^( {0,3}[a-z]+)?$/);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const code = ['x', ...lines].join('\n');
        expect(dedent(indent(code))).toBe(code);
      }),
    );
  });
});
