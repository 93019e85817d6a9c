import { between, pick, type TaskTemplate } from '../template.js';

/** From, to, how many of `to` make one `from`, hardness. */
const CONVERSIONS = [
  ['kilometres', 'metres', 1000, 0],
  ['metres', 'centimetres', 100, 0],
  ['hours', 'minutes', 60, 0.1],
  ['kilograms', 'grams', 1000, 0],
  ['litres', 'millilitres', 1000, 0.1],
  ['days', 'hours', 24, 0.3],
  ['weeks', 'hours', 168, 0.6],
  ['days', 'minutes', 1440, 0.7],
  ['feet', 'inches', 12, 0.4],
  ['yards', 'inches', 36, 0.7],
  ['miles', 'feet', 5280, 0.9],
  ['pounds', 'ounces', 16, 0.6],
  ['gallons', 'pints', 8, 0.8],
] as const;

const ASK = [
  (n: string, from: string, to: string) => `Convert ${n} ${from} to ${to}.`,
  (n: string, from: string, to: string) => `How many ${to} are there in ${n} ${from}?`,
  (n: string, from: string, to: string) => `Express ${n} ${from} in ${to}; give the number only.`,
  (n: string, from: string, to: string) => `A label says ${n} ${from}. What is that in ${to}?`,
  (n: string, from: string, to: string) => `I measured ${n} ${from} but the form wants ${to}. Which number do I write?`,
] as const;

export const units: TaskTemplate = {
  name: 'unit-conversion',
  text: 'Converting lengths, weights, volumes, times and temperatures from one unit to another.',
  discrimination: 1.4,
  difficulty: -0.5,
  answerTokens: 40,
  question(random) {
    if (random.int(5) === 0) {
      // Multiples of 5 °C are whole °F.
      const celsius = between(random, -8, 30) * 5;
      const query = pick(random, ASK)(String(celsius), 'degrees Celsius', 'degrees Fahrenheit');
      return { query, answer: String((celsius * 9) / 5 + 32), hardness: 0.8 };
    }
    const [from, to, factor, hardness] = pick(random, CONVERSIONS);
    const quarters = between(random, 5, 160);
    return {
      query: pick(random, ASK)(String(quarters / 4), from, to),
      answer: String((quarters * factor) / 4),
      hardness,
    };
  },
};
