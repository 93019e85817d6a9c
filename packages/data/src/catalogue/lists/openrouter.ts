import { dayOf } from '../entry.js';
import { numberOf, PER_TOKEN } from '../price.js';
import { fieldsOf, isFields, named, said, textsOf } from '../reading.js';
import type { PriceListFormat } from './format.js';

/** Seconds since 1970 → the day in UTC. */
function dayOfSeconds(value: unknown): string | null {
  if (typeof value !== 'number' || !(value > 0 && value < 1e11)) return null;
  return dayOf(new Date(value * 1000));
}

const modelsOf = (value: unknown): readonly unknown[] => {
  const { data } = fieldsOf(value);
  return Array.isArray(data) ? data : [];
};

/** OpenRouter's `/api/v1/models`: dollars per token as texts, −1 where they vary. Its entries say when they were added. */
export const openrouter: PriceListFormat = {
  name: 'openrouter',
  url: 'https://openrouter.ai/api/v1/models',
  power: PER_TOKEN,
  recognises: (value) => modelsOf(value).some((model) => isFields(model) && isFields(model['pricing'])),
  read(value, reading) {
    return modelsOf(value).map((model, i) => {
      const {
        id,
        created,
        context_length: length,
        pricing,
        architecture,
        supported_parameters,
        top_provider,
      } = fieldsOf(model);
      if (typeof id !== 'string') {
        reading.leftOut.add('no id', `entry ${i + 1}`);
        return null;
      }
      const { input_modalities: takes, output_modalities: gives } = fieldsOf(architecture);
      const outputs = textsOf(gives);
      if (outputs.length > 0 && !outputs.includes('text')) {
        reading.leftOut.add(`answers with ${outputs.join(', ').slice(0, 40)}`, id);
        return null;
      }
      const { prompt, completion, input_cache_read, input_cache_write, request, overrides } = fieldsOf(pricing);
      const top = fieldsOf(top_provider);
      const [inputs, parameters] = [textsOf(takes), textsOf(supported_parameters)];
      const schema = parameters.includes('structured_outputs');
      reading.add({
        id,
        provider: 'openrouter',
        price: { input: prompt, output: completion, cachedInput: input_cache_read, cacheWrite: input_cache_write },
        context: length ?? top['context_length'],
        maxOutput: top['max_completion_tokens'],
        capabilities: said({
          jsonMode: named(schema || parameters.includes('response_format')),
          jsonSchema: named(schema),
          tools: named(parameters.includes('tools')),
          vision: named(inputs.includes('image')),
          audio: named(inputs.includes('audio')),
          logprobs: named(parameters.includes('logprobs')),
          reasoning: named(parameters.includes('reasoning')),
        }),
      });
      if ((numberOf(request) ?? 0) > 0) reading.remarks.add('a fee per request besides: not in the price', id);
      if (isFields(overrides) || (Array.isArray(overrides) && overrides.length > 0))
        reading.remarks.add('other prices under conditions: the usual one is used', id);
      return dayOfSeconds(created);
    });
  },
};
