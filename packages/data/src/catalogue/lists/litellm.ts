import { PER_TOKEN } from '../price.js';
import { fieldsOf, isFields, named, said, type Fields } from '../reading.js';
import type { PriceListFormat } from './format.js';

/** Not a model but a description of the fields. */
const SPECIFICATION = 'sample_spec';
/** Modes whose models answer with text. */
const TEXT_MODES = new Set(['chat', 'completion', 'responses']);
const MARKS = ['litellm_provider', 'input_cost_per_token', 'output_cost_per_token'];

const isTiered = (model: Fields): boolean =>
  Object.keys(model).some((name) => name === 'tiered_pricing' || /_per_token_above_\d+k_tokens$/.test(name));

/**
 * LiteLLM's `model_prices_and_context_window.json`: model → dollars per token, limits, what is supported. It names what a model
 * can do, seldom what it cannot; and it bears no date.
 */
export const litellm: PriceListFormat = {
  name: 'litellm',
  url: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
  power: PER_TOKEN,
  recognises: (value) =>
    isFields(value) &&
    Object.values(value).some((model) => isFields(model) && MARKS.some((mark) => Object.hasOwn(model, mark))),
  read(value, reading) {
    for (const [id, model] of Object.entries(fieldsOf(value))) {
      if (id === SPECIFICATION) continue;
      if (!isFields(model)) {
        reading.leftOut.add('not an object', id);
        continue;
      }
      const { mode = 'chat' } = model;
      if (typeof mode !== 'string' || !TEXT_MODES.has(mode)) {
        reading.leftOut.add(`mode ${typeof mode === 'string' ? mode.slice(0, 40) : 'unreadable'}`, id);
        continue;
      }
      const schema = model['supports_response_schema'];
      reading.add({
        id,
        provider: model['litellm_provider'],
        price: {
          input: model['input_cost_per_token'],
          output: model['output_cost_per_token'],
          cachedInput: model['cache_read_input_token_cost'],
          cacheWrite: model['cache_creation_input_token_cost'],
        },
        context: model['max_input_tokens'] ?? model['max_tokens'],
        maxOutput: model['max_output_tokens'],
        capabilities: said({
          // Who keeps to a schema answers in JSON.
          jsonMode: named(schema === true),
          jsonSchema: schema,
          tools: model['supports_function_calling'],
          vision: model['supports_vision'],
          audio: model['supports_audio_input'],
          reasoning: model['supports_reasoning'],
        }),
      });
      if (isTiered(model)) reading.remarks.add('dearer above a length of the prompt: the price below it is used', id);
    }
    return [];
  },
};
