/** What the pages of a design space add to the style sheet. */
export const designSpaceStyle = `
.verdicts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; margin-top: 1.25rem; }
.verdicts .verdict { margin: 0; }
.verdict h2 { margin: 0; font-size: 1.05rem; }
.verdict .facts { margin: 0 0 .6rem; }
.verdicts .verdict p.says { font-size: 1.05rem; }
.verdicts .verdict p.facts { font-size: .875rem; font-weight: 400; }
.scenario { border-top: 2px solid var(--line); padding-top: 1rem; }
details.scenario > section, details.scenario > figure { margin-top: 2rem; }
.scenario > summary { font-size: 1.3rem; line-height: 1.3; }
.scenario > summary .facts { font-weight: 400; }
.grid thead th[colspan] { text-align: center; }
.grid thead tr:nth-child(2) th { position: static; min-width: 0; text-align: right; padding-left: .7rem; }
.grid td { vertical-align: top; }
.grid td.ours { border-left: 1px solid var(--line); font-weight: 600; }
.grid.plain td.ours { font-weight: 400; }
.grid td.paper { color: var(--muted); padding-left: 0; }
.grid td.missing { font-weight: 400; color: var(--muted); }
.grid td.failed { color: var(--down-text); }
.grid td.win .value { color: var(--up-text); }
.grid td.loss .value { color: var(--down-text); }
.grid td .small { display: block; font-weight: 400; font-size: .75rem; line-height: 1.35; color: var(--muted); }
.grid .flag { font-weight: 400; font-size: .7rem; line-height: 1.3; padding: 0 .4rem; margin-left: .25rem; }
.grid .flag.partly { background: none; border: 1px solid currentColor; }
.grid .hops { color: var(--muted); }
.grid tr.variant th { padding-left: 1.25rem; color: var(--muted); }
.grid td.best { outline: 2px solid var(--up); outline-offset: -2px; border-radius: .35rem; }
.key { color: var(--muted); font-size: .875rem; max-width: 60rem; margin: .5rem 0 0; }
.swatch.round { border-radius: 50%; background: currentColor; }
.swatch.round.hollow { background: none; border: 2px solid currentColor; }
.legend .line { display: inline-block; width: 1.5rem; border-top: 2.5px solid currentColor; vertical-align: .25rem; margin-right: .4rem; }
.legend .line.dashed { border-top-style: dashed; border-top-width: 2px; }
@media (max-width: 40rem) {
  .grid th, .grid td { padding-left: .45rem; padding-right: .45rem; }
  .grid th:first-child { min-width: 7rem; max-width: 8rem; padding-left: 0; }
  .grid tr.variant th { padding-left: .75rem; }
  .scenario > summary { font-size: 1.1rem; }
}
`;
