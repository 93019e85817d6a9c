import type { DecisionRecord } from '../../../contracts/record.js';
import type { Api } from './api.js';
import { choice, rankingTable, reasonList } from './decisions.js';
import { byId, element } from './dom.js';
import { readStream } from './stream.js';

/** What `POST /v1/route` answers, as far as it is shown. */
type DryRun = Pick<DecisionRecord, 'model' | 'ranked' | 'reasons'> & {
  leftOut: { model: string; why: string }[];
  cooling: string[];
};

function decisionOf({ model, ranked, reasons, leftOut, cooling }: DryRun): Node[] {
  const notes = [
    ...leftOut.map((one) => `${one.model} is left out: ${one.why}`),
    ...cooling.map((endpoint) => `${endpoint} is out of service for now`),
  ];
  return [
    element('div', { className: 'head' }, ...choice(model, ranked)),
    reasonList([...reasons, ...notes.map((note) => ({ kind: 'note', text: note }))]),
    rankingTable(ranked),
  ];
}

/** The form with which a query is tried. @param asked called after an answer */
export function setUpAsking(api: Api, asked: () => void, failed: (error: unknown) => string): void {
  const form = byId('ask', HTMLFormElement);
  const query = byId('query', HTMLTextAreaElement);
  const model = byId('model', HTMLSelectElement);
  const result = byId('result', HTMLElement);
  const buttons = [byId('decide', HTMLButtonElement), byId('answer', HTMLButtonElement)];
  const body = () => ({ model: model.value, messages: [{ role: 'user', content: query.value }] });

  const during = async (work: () => Promise<void>) => {
    if (!form.reportValidity()) return;
    for (const button of buttons) button.disabled = true;
    result.replaceChildren('Asking…');
    try {
      await work();
    } catch (error) {
      result.append(element('p', { className: 'alert' }, failed(error)));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };
  const decide = async () => {
    const response = await api.post('v1/route', body());
    result.replaceChildren(...decisionOf((await response.json()) as DryRun));
  };
  const answer = async () => {
    const response = await api.post('v1/chat/completions', { ...body(), stream: true });
    const text = element('p', { className: 'answer' });
    const said = ['model', 'reason', 'attempts'].map((name) => response.headers.get(`x-routeprofile-${name}`) ?? '–');
    const head = `${said[0]} answers (${said[1]}; attempts: ${said[2]})`;
    result.replaceChildren(element('p', { className: 'facts' }, head), text);
    if (response.body) await readStream(response.body, (more) => text.append(more));
    asked();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void during(decide);
  });
  buttons[1]!.addEventListener('click', () => void during(answer));
}

/** Offers the names that may be asked for; the choice stays. */
export function offerModels(names: readonly string[]): void {
  const select = byId('model', HTMLSelectElement);
  if ([...select.options].map(({ value }) => value).join('\n') === names.join('\n')) return;
  const before = select.value;
  select.replaceChildren(
    ...names.map((name) => Object.assign(document.createElement('option'), { value: name, textContent: name })),
  );
  select.value = names.includes(before) ? before : names.includes('auto') ? 'auto' : (names[0] ?? '');
}
