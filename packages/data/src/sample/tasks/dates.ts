import { between, pick, type TaskTemplate } from '../template.js';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

interface CivilDate {
  year: number;
  month: number;
  day: number;
}

/** Days since 1 March of year 0 (Gregorian), with years counted from March so that leap days come last. */
function dayNumber({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const monthFromMarch = (month + 9) % 12;
  return (
    365 * y +
    Math.floor(y / 4) -
    Math.floor(y / 100) +
    Math.floor(y / 400) +
    Math.floor((153 * monthFromMarch + 2) / 5) +
    day -
    1
  );
}

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const monthLength = (year: number, month: number) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

function addDays({ year, month, day }: CivilDate, days: number): CivilDate {
  const out = { year, month, day: day + days };
  while (out.day > monthLength(out.year, out.month)) {
    out.day -= monthLength(out.year, out.month);
    out.month = (out.month % 12) + 1;
    if (out.month === 1) out.year++;
  }
  return out;
}

/** 1 March of year 0 was a Wednesday. */
const weekday = (date: CivilDate) => WEEKDAYS[(dayNumber(date) + 2) % 7]!;
const long = ({ year, month, day }: CivilDate) => `${day} ${MONTHS[month - 1]!} ${year}`;
const iso = ({ year, month, day }: CivilDate) =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

export const dates: TaskTemplate = {
  name: 'dates',
  text: 'Calendar arithmetic: weekdays, dates some days later, days between two dates.',
  discrimination: 1.5,
  difficulty: 0.4,
  answerTokens: 80,
  question(random) {
    const year = between(random, 1990, 2035);
    const month = between(random, 1, 12);
    const from = { year, month, day: between(random, 1, monthLength(year, month)) };
    const days = between(random, 3, pick(random, [20, 60, 400]));
    const to = addDays(from, days);
    const hardness = days <= 20 ? 0.2 : days <= 60 ? 0.5 : 1;
    switch (random.int(3)) {
      case 0:
        return {
          query: pick(random, [
            `${long(from)} is a ${weekday(from)}. Which day of the week is it ${days} days later?`,
            `Today is ${weekday(from)}, ${long(from)}. What weekday will it be in ${days} days?`,
          ]),
          answer: weekday(to),
          hardness: hardness * 0.7,
        };
      case 1:
        return {
          query: pick(random, [
            `Which date is ${days} days after ${long(from)}? Answer as YYYY-MM-DD.`,
            `A permit issued on ${long(from)} ends ${days} days later. Write the end date as YYYY-MM-DD.`,
          ]),
          answer: iso(to),
          hardness,
        };
      default:
        return {
          query: pick(random, [
            `How many days are there from ${iso(from)} to ${iso(to)}?`,
            `Count the days from ${long(from)} to ${long(to)}, not counting the first day.`,
          ]),
          answer: String(days),
          hardness,
        };
    }
  },
};
