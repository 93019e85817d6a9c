import { renderHtmlReport } from '@routeprofile/report/html';
import type { Estimate, Interval, RunReport } from '@routeprofile/schema';
import { parseHTML } from 'linkedom';
import { readReport } from './reports';
import { averageOf } from './routers-table';

export interface FrontierRow {
  name: string;
  aiq: number;
  /** Above the hull of constants. */
  gain: Interval;
  /** At the point chosen on training data: quality against best-single, and the share of its cost. */
  quality: Interval;
  costShare: Estimate;
  promised: number;
}

export interface FrontierData {
  rowsUsed: number;
  models: number;
  best: { model: string; average: number };
  constantsAiq: number;
  /** Routers that always choose one model while nothing weighs cost. */
  collapsed: number;
  /** Rows that choose as well with profiles of a byte a number: the largest change of AIQ. */
  quantizedChange: number;
  rows: FrontierRow[];
  /** The plot and its legend, drawn while the site is built; colours are CSS variables of the page. */
  plot: { svg: string; legend: string; caption: string };
}

export function frontierData(): FrontierData {
  const report = readReport('better-routing', 'routerbench');
  const plain = { ...report, rows: report.rows.filter(({ quantization }) => quantization === undefined) };
  const single = report.baselines['best-single'];
  const average = averageOf(single);
  if (!single?.model || average === null || report.constantsFrontier?.aiq == null)
    throw new Error('the report of RouterBench has no costs');
  const rows = plain.rows.map((row) => frontierRow(row.router, row.frontier));
  return {
    rowsUsed: report.rowsUsed,
    models: report.candidates.length,
    best: { model: single.model, average },
    constantsAiq: report.constantsFrontier.aiq,
    collapsed: plain.rows.filter(({ collapse }) => collapse.flag).length,
    quantizedChange: Math.max(...report.rows.map((row) => changeOfAiq(row, rows))),
    rows: rows.sort((a, b) => b.aiq - a.aiq),
    plot: plotOf(plain),
  };
}

type Row = RunReport['rows'][number];

const changeOfAiq = ({ router, frontier }: Row, rows: readonly FrontierRow[]): number =>
  Math.abs((frontier?.aiq?.router ?? 0) - (rows.find(({ name }) => name === router)?.aiq ?? 0));

function frontierRow(name: string, frontier: Row['frontier']): FrontierRow {
  const point = frontier?.operatingPoint;
  const compared = point?.comparisons[0];
  if (!frontier?.aiq || !point || !compared?.costShare || point.outOfFold.costShare === null)
    throw new Error(`${name} has no frontier`);
  return {
    name,
    aiq: frontier.aiq.router,
    gain: frontier.aiq.difference,
    quality: compared.quality,
    costShare: compared.costShare,
    promised: point.outOfFold.costShare,
  };
}

/** The figure of the HTML report, taken apart. */
function plotOf(report: RunReport): FrontierData['plot'] {
  const { document } = parseHTML(renderHtmlReport(report));
  const figure = document.querySelector('#frontier');
  const svg = figure?.querySelector('svg');
  const legend = figure?.querySelector('.legend');
  const caption = figure?.querySelector('figcaption')?.textContent;
  if (!svg || !legend || !caption) throw new Error('the HTML report has no frontier');
  for (const name of ['aria-labelledby', 'aria-describedby']) svg.removeAttribute(name);
  svg.setAttribute('aria-label', caption.trim());
  // To a screen reader the plot is one picture; its parts have no roles that could be named.
  svg.querySelectorAll('[aria-label]').forEach((part) => part.removeAttribute('aria-label'));
  return { svg: svg.outerHTML, legend: legend.outerHTML, caption: caption.trim() };
}
