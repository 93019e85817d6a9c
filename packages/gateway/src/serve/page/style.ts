/** Colours and type are those of HTML reports, as one product looks; a test compares them. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f5f7f9; --text: #1b1f24; --muted: #57606a; --line: #d8dee4;
  --up: #3f7fdc; --down: #d9772b; --up-text: #0b57b7; --down-text: #9a4b00; --warn: #fff3c4; --warn-text: #5c4400;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --raised: #181e25; --text: #e6eaef; --muted: #a3adb8; --line: #303943;
    --up: #4b8bea; --down: #c9682a; --up-text: #86b6ff; --down-text: #f0a36a; --warn: #3d3212; --warn-text: #f5dc8c;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1.5rem; padding-top: 1.25rem; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
section { margin: 1.75rem 0 0; }
section:focus-visible { outline: 2px solid var(--up); outline-offset: .4rem; }
.facts { color: var(--muted); font-size: .875rem; margin: .25rem 0; }
.skip { position: absolute; left: -100vw; background: var(--page); color: var(--up-text); padding: .5rem 1rem; }
.skip:focus { left: 0; }
.note, .alert { background: var(--warn); color: var(--warn-text); border-radius: .5rem; padding: .6rem 1rem; margin: 1rem 0 0; }
.alert { border: 2px solid currentColor; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1.1rem; }
form.card { margin: 0; }
#key-form { margin-top: 1.5rem; }
label { font-weight: 600; font-size: .875rem; }
input, textarea, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: .35rem; padding: .4rem .6rem; max-width: 100%; }
textarea { display: block; width: 100%; margin: .25rem 0 .75rem; resize: vertical; }
#key { flex: 1 1 12rem; min-width: 0; }
.row { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; }
.field { display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: center; margin-right: auto; min-width: 0; }
.field select { min-width: 0; flex: 0 1 auto; }
button { font: inherit; font-weight: 600; color: var(--page); background: var(--up-text); border: 1px solid var(--up-text); border-radius: .35rem; padding: .4rem .9rem; cursor: pointer; }
button.second, header button { color: var(--up-text); background: transparent; }
header button { font-size: .875rem; padding: .1rem .6rem; margin-left: .5rem; }
button:disabled { opacity: .6; cursor: default; }
button:focus-visible, input:focus-visible, textarea:focus-visible, select:focus-visible, a:focus-visible { outline: 2px solid var(--up); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); gap: .75rem; margin: 0; }
.tiles > div { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.tiles dt { color: var(--muted); font-size: .875rem; }
.tiles dd { margin: 0; }
.tiles .figure { font-size: 1.5rem; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tiles .saved { color: var(--up-text); } .tiles .lost { color: var(--down-text); }
.tiles .small { color: var(--muted); font-size: .875rem; }
.endpoints, .decisions, .plain { list-style: none; padding: 0; margin: 0; }
.endpoints { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: .4rem 1.5rem; }
.endpoints li { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; border-bottom: 1px solid var(--line); padding: .3rem 0; }
.endpoints .why { flex-basis: 100%; color: var(--muted); font-size: .875rem; }
.endpoints .name { margin-right: auto; }
.state, .tag { display: inline-block; border: 1px solid currentColor; border-radius: .75rem; padding: 0 .55rem; font-size: .78rem; }
.state { color: var(--up-text); }
.state.cooling, .state.trial, .tag.fell { background: var(--warn); color: var(--warn-text); }
.state.out, .tag.failed { background: var(--down-text); color: var(--page); border-color: var(--down-text); }
.decision { border-top: 1px solid var(--line); padding: .65rem 0; }
.decisions .decision:first-child { border-top: 0; padding-top: 0; }
.head { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
.head .chosen { font-weight: 650; font-size: 1.05rem; }
.head .score { color: var(--muted); font-variant-numeric: tabular-nums; }
.head .figures { margin-left: auto; color: var(--muted); font-size: .875rem; font-variant-numeric: tabular-nums; }
.decision .query { margin: .1rem 0; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.whole { font-size: .875rem; padding: .1rem .6rem; }
.measured { display: inline-flex; align-items: center; gap: .6rem; }
.measured > :last-child { min-width: 5ch; }
.range + span { min-width: 12ch; }
.bar, .range { position: relative; flex: none; width: 7rem; height: .6rem; border-radius: .3rem; background: var(--line); overflow: hidden; }
.bar::before { content: ''; position: absolute; inset: 0 auto 0 0; width: var(--share); background: var(--up); }
.range::before { content: ''; position: absolute; inset: 0 auto 0 var(--low); width: var(--width); background: var(--up); }
.range::after { content: ''; position: absolute; inset: 0 auto; left: calc(var(--mean) - 1.5px); width: 3px; background: var(--text); }
dialog { width: min(60rem, calc(100vw - 2rem)); max-height: calc(100vh - 2rem); background: var(--page); color: var(--text); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog > .row:first-child { position: sticky; top: -1rem; margin: -1rem -1.25rem 0; padding: .75rem 1.25rem; background: var(--page); z-index: 1; }
dialog h2 { margin: 0 auto 0 0; }
h3 { font-size: .875rem; margin: .75rem 0 0; }
.asked { background: var(--raised); border-radius: .35rem; padding: .5rem .75rem; white-space: pre-wrap; }
.terms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: .4rem 1.5rem; font-size: .875rem; margin: .75rem 0; }
.terms dt { color: var(--muted); }
.terms dd { margin: 0; }
#judge { align-items: center; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--up); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .35rem 0 .6rem; }
caption { text-align: left; font-weight: 600; }
th, td { padding: .2rem 1rem .2rem 0; text-align: right; border-bottom: 1px solid var(--line); font-weight: 400; white-space: nowrap; }
th:first-child, td.words { text-align: left; }
thead th { color: var(--muted); font-weight: 600; }
#result:not(:empty) { border-top: 1px solid var(--line); margin-top: .75rem; padding-top: .75rem; }
.answer { white-space: pre-wrap; margin: .25rem 0 .5rem; }
@media (max-width: 40rem) {
  .tiles .figure { font-size: 1.25rem; }
  .bar, .range { width: 4rem; }
  th, td { padding-right: .6rem; }
  .head .figures { margin-left: 0; flex-basis: 100%; }
  .field, .row button { flex: 1 1 100%; }
  .field select { flex: 1 1 auto; }
}
@media (prefers-reduced-motion: no-preference) {
  .decision.new { animation: arrive 1.5s ease-out; }
  @keyframes arrive { from { background: var(--raised); } to { background: transparent; } }
}
`;
