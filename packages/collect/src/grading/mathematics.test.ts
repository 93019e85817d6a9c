import { describe, expect, it } from 'vitest';
import { gsm8k, lastBoxed, math, mathForm, METRIC_RULES } from './index.js';

const { published } = METRIC_RULES;

describe('gsm8k', () => {
  it.each([
    ['so 1,200.', '#### 1200', 1, 1],
    ['It costs $12.00 to fill.', 'x\n#### 12', 0, 1],
    ['3.5', '#### 35', 1, 0],
    ['-4', '#### 4', 0, 0],
    ['12 apples, then', '#### 12', 0, 1],
    ['no number', '#### 12', 0, 0],
    ['first 7, then $1,234,567', '#### 1234567', 1, 1],
    ['5 and 6', '#### 5', 0, 0],
  ])('%j against %j: as published %i, repaired %i', (response, truth, asPublished, repaired) => {
    expect(gsm8k(response, truth, published)).toBe(asPublished);
    expect(gsm8k(response, truth)).toBe(repaired);
  });
});

describe('lastBoxed', () => {
  it.each([
    ['\\boxed{1} then \\boxed{2}', '2'],
    ['\\boxed{\\frac{1}{2}}.', '\\frac{1}{2}'],
    ['\\boxed{\\{1,2\\}}', '\\{1,2\\}'],
    ['\\fbox{3}', '3'],
    ['$\\boxed 5$', '5'],
    ['\\boxed{never closed', undefined],
    ['\\boxedtext', undefined],
    ['nothing', undefined],
  ])('%j', (text, content) => expect(lastBoxed(text)).toBe(content));
});

describe('mathForm', () => {
  it.each([
    ['\\dfrac12', '\\frac{1}{2}'],
    ['\\frac1{x}', '\\frac{1}{x}'],
    ['1/2', '\\frac{1}{2}'],
    ['-3/4', '-\\frac{3}{4}'],
    ['0.5', '\\frac{1}{2}'],
    ['.25', '0.25'],
    ['x = 5', '5'],
    ['\\left( 1, 2 \\right)', '(1,2)'],
    ['90^\\circ', '90'],
    ['90^{\\circ}', '90'],
    ['50\\%', '50'],
    ['\\$1,596', '1596'],
    ['\\$125,', '125'],
    ['(1,234)', '(1,234)'],
    ['12 \\text{ square feet}', '12'],
    ['34 dollars', '34'],
    ['\\text{east}', 'east'],
    ['\\sqrt3', '\\sqrt{3}'],
    ['\\sqrt[3]{5}', '\\sqrt[3]{5}'],
    ['2\\!\\cdot 3', '2\\cdot3'],
  ])('%j → %j', (answer, form) => {
    expect(mathForm(answer)).toBe(form);
    expect(mathForm(form)).toBe(form);
  });
});

describe('math', () => {
  it('compares the last boxed answer', () => {
    expect(math('\\boxed{7}, no: \\boxed{18.00}', '18')).toBe(1);
    expect(math('\\boxed{18}, no: \\boxed{7}', '18')).toBe(0);
    expect(math('\\boxed{\\tfrac12}', 'so \\boxed{0.5}')).toBe(1);
    expect(math('18', '18')).toBe(0);
  });

  it('as published, finds 2 in 12', () => {
    expect(math('it is 12', '2', published)).toBe(1);
    expect(math('it is 12', '\\boxed{2}', published)).toBe(1);
    expect(math('it is \\boxed{12}', '2')).toBe(0);
  });
});
