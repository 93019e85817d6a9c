/** The page without its data, which `client/main.ts` asks for and puts in. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>RouteProfile gateway</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 8h4l3-5h5M6 8l3 5h5' fill='none' stroke='%233f7fdc' stroke-width='2'/%3E%3C/svg%3E">
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<a class="skip" href="#decisions">Skip to the decisions</a>
<header>
<h1>RouteProfile gateway</h1>
<p class="facts"><span id="live">Loading…</span> <button type="button" id="pause" hidden>Pause</button></p>
</header>
<main>
<noscript><p class="note">This page needs its script. The same data are at <code>/v1/overview</code> and <code>/v1/decisions</code>.</p></noscript>
<p class="note" id="note" hidden></p>
<p class="alert" id="trouble" role="alert" hidden></p>
<form id="key-form" class="card" hidden>
<label for="key">Key of the gateway</label>
<p class="facts" id="key-help">It stays in this tab and is forgotten when you close or reload it.</p>
<div class="row"><input id="key" type="password" autocomplete="off" aria-describedby="key-help" required> <button type="submit">Show my decisions</button></div>
</form>
<div id="content" hidden>
<section aria-labelledby="spend-title">
<h2 id="spend-title">Spent, and what one model would have cost</h2>
<p class="facts" id="window"></p>
<dl class="tiles" id="spend"></dl>
</section>
<section aria-labelledby="ask-title">
<h2 id="ask-title">Try a query</h2>
<form id="ask" class="card">
<label for="query">Query</label>
<textarea id="query" rows="3" required>What is 17 * 3?</textarea>
<div class="row">
<span class="field"><label for="model">Model</label> <select id="model"></select></span>
<button type="submit" id="decide">Show the decision</button>
<button type="button" id="answer" class="second">Get the answer</button>
</div>
<p class="facts">The decision calls no model. The answer does, and is paid for.</p>
<div id="result" aria-live="polite"></div>
</form>
</section>
<section aria-labelledby="routes-title" id="routes" hidden>
<h2 id="routes-title">Routes</h2>
<p class="facts">Saved: how much less was spent than the best single model would have cost, estimated with the same tokens. The interval holds the true share 95 times of 100.</p>
</section>
<section aria-labelledby="shares-title" id="shares" hidden>
<h2 id="shares-title">Models</h2>
</section>
<section aria-labelledby="quality-title" id="quality" hidden>
<h2 id="quality-title">Quality, by feedback</h2>
<p class="facts"><span id="judged"></span> A score goes from 0 (useless) to 1 (as wanted).</p>
</section>
<section aria-labelledby="endpoints-title">
<h2 id="endpoints-title">Endpoints</h2>
<ul class="endpoints" id="endpoints"></ul>
<ul class="plain facts" id="drift"></ul>
</section>
<section aria-labelledby="learning-title" id="learning" hidden>
<h2 id="learning-title">Learning</h2>
<p class="facts">A learner in shadow only looks on; a live one decides. Counts are judged decisions.</p>
</section>
<section aria-labelledby="pins-title" id="pins" hidden>
<h2 id="pins-title">Conversations that stay with their model</h2>
<p class="facts">Those that go on now, since this gateway started.</p>
</section>
<section aria-labelledby="decisions-title" id="decisions" tabindex="-1">
<h2 id="decisions-title">Decisions</h2>
<p class="facts" id="none">No decision yet. Send a query, above or from a program.</p>
<ol class="decisions" id="list" reversed></ol>
</section>
</div>
</main>
<dialog id="decision" aria-labelledby="decision-title">
<div class="row"><h2 id="decision-title">The whole decision</h2> <button type="button" id="decision-close" class="second">Close</button></div>
<div id="decision-body"></div>
<div class="row" id="judge" hidden><span>Was the answer useful?</span> <button type="button" class="second" id="judge-up">Yes</button> <button type="button" class="second" id="judge-down">No</button></div>
<p class="facts" id="judge-said" role="status"></p>
</dialog>
</body>
</html>
`;
