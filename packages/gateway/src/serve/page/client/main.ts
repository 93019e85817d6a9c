import type { DecisionList, Overview } from '../../overview/overview.js';
import { createApi, KeyWanted } from './api.js';
import { offerModels, setUpAsking } from './ask.js';
import { createDecisionDialog } from './decision.js';
import { createDecisionList } from './decisions.js';
import { byId } from './dom.js';
import { driftItems, endpointItems } from './endpoints.js';
import { createFigures } from './figures.js';
import { spendTiles } from './spend.js';

/** Milliseconds between two looks at the gateway. */
const EVERY_MS = 2_000;

const api = createApi();
const [content, live, trouble, note] = ['content', 'live', 'trouble', 'note'].map((id) => byId(id, HTMLElement));
const pause = byId('pause', HTMLButtonElement);
const keyForm = byId('key-form', HTMLFormElement);
const failed = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const showFigures = createFigures();
const decisions = createDecisionList(
  byId('list', HTMLElement),
  byId('none', HTMLElement),
  createDecisionDialog(api, failed),
);
let paused = false;
let timer: ReturnType<typeof setTimeout> | undefined;

const say = (where: HTMLElement, text: string | undefined) => {
  where.hidden = text === undefined;
  if (where.textContent !== (text ?? '')) where.textContent = text ?? '';
};

function askForKey(why: string): void {
  content!.hidden = true;
  pause.hidden = true;
  keyForm.hidden = false;
  say(live!, 'A key is needed.');
  say(trouble!, byId('key', HTMLInputElement).value === '' ? undefined : why);
}

async function look(): Promise<void> {
  const [overview, list] = await Promise.all([
    api.get<Overview>('v1/overview'),
    api.get<DecisionList>('v1/decisions?limit=50'),
  ]);
  say(note!, overview.note);
  say(trouble!, undefined);
  offerModels(overview.models);
  byId('spend', HTMLElement).replaceChildren(...spendTiles(overview));
  byId('endpoints', HTMLElement).replaceChildren(...endpointItems(overview.endpoints));
  byId('drift', HTMLElement).replaceChildren(...driftItems(overview));
  showFigures(overview);
  decisions.show(list.data, overview.at);
  content!.hidden = false;
  pause.hidden = false;
  keyForm.hidden = true;
  say(live!, paused ? 'Paused.' : overview.tenant === 'local' ? 'Live.' : `Live, for ${overview.tenant}.`);
}

/** Looks once, then again after a while, unless there is nothing to be seen. */
async function follow(): Promise<void> {
  clearTimeout(timer);
  try {
    await look();
  } catch (error) {
    if (error instanceof KeyWanted) return askForKey(error.message);
    say(live!, 'Not up to date.');
    say(trouble!, failed(error));
  }
  if (!paused && !document.hidden) timer = setTimeout(() => void follow(), EVERY_MS);
}

pause.addEventListener('click', () => {
  paused = !paused;
  pause.textContent = paused ? 'Go on' : 'Pause';
  if (!paused) return void follow();
  clearTimeout(timer);
  say(live!, 'Paused.');
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !paused && keyForm.hidden) void follow();
});
keyForm.addEventListener('submit', (event) => {
  event.preventDefault();
  api.useKey(byId('key', HTMLInputElement).value);
  void follow();
});
setUpAsking(api, () => void follow(), failed);
void follow();
