import { PER_MILLION } from '../price.js';
import { dayOf, fieldsOf, isFields, named, said, textsOf } from '../reading.js';
import type { PriceListFormat } from './format.js';

const latest = (days: readonly (string | null)[]): string | null =>
  days.reduce((last, day) => (day !== null && (last === null || day > last) ? day : last), null);

/** models.dev's `api.json`: provider → its models, dollars per million tokens. Its entries say when they were last changed. */
export const modelsDev: PriceListFormat = {
  name: 'models.dev',
  url: 'https://models.dev/api.json',
  power: PER_MILLION,
  recognises: (value) =>
    isFields(value) &&
    Object.values(value).some(
      (provider) =>
        isFields(provider) &&
        Object.values(fieldsOf(provider['models'])).some((model) => isFields(fieldsOf(model)['limit'])),
    ),
  read: (value, reading) =>
    Object.entries(fieldsOf(value)).flatMap(([provider, stated]) => {
      const { models } = fieldsOf(stated);
      if (!isFields(models)) {
        reading.leftOut.add('a provider without models', provider);
        return [];
      }
      return Object.entries(models).map(([model, described]) => {
        const id = `${provider}/${model}`;
        if (!isFields(described)) {
          reading.leftOut.add('not an object', id);
          return null;
        }
        const { cost, limit, tool_call: calls, reasoning, structured_output: schema, modalities } = described;
        const { input: takes, output: gives } = fieldsOf(modalities);
        const [inputs, outputs] = [textsOf(takes), textsOf(gives)];
        if (outputs.length > 0 && !outputs.includes('text')) {
          reading.leftOut.add(`answers with ${outputs.join(', ').slice(0, 40)}`, id);
          return null;
        }
        const prices = fieldsOf(cost);
        reading.add({
          id,
          model,
          provider,
          price: {
            input: prices['input'],
            output: prices['output'],
            cachedInput: prices['cache_read'],
            cacheWrite: prices['cache_write'],
          },
          context: fieldsOf(limit)['context'],
          maxOutput: fieldsOf(limit)['output'],
          capabilities: said({
            jsonMode: named(schema === true),
            jsonSchema: schema,
            tools: isFields(calls) ? calls['supported'] : calls,
            vision: named(inputs.includes('image')),
            audio: named(inputs.includes('audio')),
            reasoning,
          }),
        });
        if (Object.keys(prices).some((name) => name === 'tiers' || name.startsWith('context_over')))
          reading.remarks.add('dearer above a length of the prompt: the price below it is used', id);
        return latest([dayOf(described['last_updated']), dayOf(described['release_date'])]);
      });
    }),
};
