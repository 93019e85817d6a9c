/**
 * The page's style sheet: light and dark by the reader's preference, wide things scroll inside themselves. Paper is light, and shows
 * what is folded away.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f5f7f9; --text: #1b1f24; --muted: #57606a; --line: #d8dee4;
  --up: #3f7fdc; --down: #d9772b; --up-text: #0b57b7; --down-text: #9a4b00; --warn: #fff3c4; --warn-text: #5c4400;
  --others: #8c959f;
  --model-0: #4269d0; --model-1: #e8a33d; --model-2: #e5604d; --model-3: #5bb5a6; --model-4: #3a8f4a;
  --model-5: #ef8fb5; --model-6: #9466ce; --model-7: #86b6ee; --model-8: #96704f; --model-9: #b9b04a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --raised: #181e25; --text: #e6eaef; --muted: #a3adb8; --line: #303943;
    --up: #4b8bea; --down: #c9682a; --up-text: #86b6ff; --down-text: #f0a36a; --warn: #3d3212; --warn-text: #f5dc8c;
    --others: #6e7781;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
h1, h2, p, li, dd, th, figcaption { overflow-wrap: anywhere; }
section, figure, details { margin: 2.25rem 0 0; }
.facts, figcaption, footer { color: var(--muted); font-size: .875rem; }
figcaption { margin-top: .5rem; max-width: 60rem; }
.simulated { background: var(--warn); color: var(--warn-text); border: 2px solid currentColor; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0 0; font-size: 1.1rem; }
.verdict { background: var(--raised); border-left: .35rem solid var(--muted); border-radius: .25rem; padding: .9rem 1.1rem; margin-top: 1.25rem; }
.verdict.win { border-color: var(--up); }
.verdict.loss { border-color: var(--down); }
.verdict p { font-size: 1.15rem; font-weight: 600; margin: 0; }
.verdict ul { margin: .6rem 0 0; padding-left: 1.2rem; }
.verdict .alert { background: var(--warn); color: var(--warn-text); font-size: 1rem; border-radius: .25rem; padding: .4rem .7rem; margin-top: .6rem; }
.answers { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; margin: .9rem 0 0; }
.answers > div { flex: 1 1 14rem; min-width: 0; }
.answers dt { font-weight: 400; font-size: .875rem; color: var(--muted); }
.answers dd { margin: 0; font-size: .875rem; color: var(--muted); overflow-wrap: anywhere; }
.answers strong { display: block; font-size: 1.3rem; line-height: 1.3; color: var(--text); }
.columns { padding-left: 1.2rem; margin: .4rem 0 0; columns: 2 22rem; column-gap: 2rem; }
.columns li { break-inside: avoid; }
.verdict p.saved { font-size: .875rem; font-weight: 400; margin: .7rem 0 0; }
.promises ul { list-style: none; padding: 0; margin: 0; }
.promises li { margin: .35rem 0; }
.status { display: inline-block; border: 1px solid currentColor; border-radius: .75rem; padding: 0 .55rem; font-size: .78rem; }
.kept .status { color: var(--up-text); } .broken .status { background: var(--warn); color: var(--warn-text); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--up); outline-offset: 2px; }
.scroll svg { max-width: none; display: block; color: var(--text); }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: .35rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); font-weight: 400; }
th:first-child { text-align: left; white-space: normal; min-width: 11rem; max-width: 26rem; padding-left: 0; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; white-space: normal; overflow-wrap: normal; }
tbody tr.above td:nth-of-type(2) { color: var(--up-text); font-weight: 600; }
tbody tr.below td:nth-of-type(2) { color: var(--down-text); }
tr.divider th { padding-top: 1rem; font-weight: 600; color: var(--muted); }
.baselines { color: var(--muted); }
.number { display: inline-block; min-width: 1.4rem; font-weight: 700; }
tr.recommended th .recommended { display: inline-block; background: var(--up-text); color: var(--page); border-radius: .75rem; padding: 0 .55rem; font-size: .78rem; }
.flag { display: inline-block; background: var(--warn); color: var(--warn-text); border-radius: .75rem; padding: 0 .55rem; font-size: .78rem; white-space: nowrap; }
.model { font-size: .8rem; display: block; }
figure { margin-inline: 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding: 0; margin: .5rem 0 0; font-size: .875rem; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .4rem; vertical-align: -.08rem; }
section > p.facts { margin: .5rem 0 0; max-width: 60rem; }
.legend .dash { display: inline-block; width: 1.5rem; border-top: 2px dashed var(--muted); vertical-align: .25rem; margin-right: .4rem; }
summary { cursor: pointer; font-weight: 600; }
details > :not(summary) { margin-top: .75rem; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; color: var(--muted); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); }
@media (max-width: 40rem) {
  h1 { font-size: 1.3rem; }
  .verdict p { font-size: 1.05rem; }
  th:first-child { min-width: 9rem; max-width: 11rem; position: sticky; left: 0; background: var(--page); z-index: 1; }
}
@media print {
  :root { color-scheme: light; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; opacity: 1; }
  figure, tr { break-inside: avoid; }
  h2, summary { break-after: avoid; }
}
`;
