/** Lists of invented models, in the forms that are read. */

/** As LiteLLM's `model_prices_and_context_window.json`. */
export const LITELLM = {
  sample_spec: { input_cost_per_token: 0, mode: 'one of: chat, embedding', max_input_tokens: 'a number, if known' },
  'heron-large': {
    litellm_provider: 'heron',
    mode: 'chat',
    input_cost_per_token: 1.5e-7,
    output_cost_per_token: 6e-7,
    cache_read_input_token_cost: 7.5e-8,
    cache_creation_input_token_cost: 1.875e-7,
    max_input_tokens: 128000,
    max_output_tokens: 16384,
    supports_function_calling: true,
    supports_response_schema: true,
    supports_vision: true,
  },
  'cloud/heron-large': {
    litellm_provider: 'cloud',
    mode: 'chat',
    input_cost_per_token: 1.5e-7,
    output_cost_per_token: 6e-7,
    input_cost_per_token_above_200k_tokens: 3e-7,
    max_tokens: 8000,
  },
  'wren-mini-2026-02-14': {
    litellm_provider: 'wren',
    mode: 'completion',
    input_cost_per_token: 2.8e-7,
    output_cost_per_token: 1.1e-6,
  },
  'wren-embed': { litellm_provider: 'wren', mode: 'embedding', input_cost_per_token: 1e-8, output_cost_per_token: 0 },
  'wren-paint': { litellm_provider: 'wren', mode: 'image_generation', output_cost_per_image: 0.04 },
  'finch-tiers': { litellm_provider: 'finch', mode: 'chat', tiered_pricing: [{ range: [0, 32000] }] },
};

/** As OpenRouter's `/api/v1/models`. */
export const OPENROUTER = {
  data: [
    {
      id: 'heron/heron-large',
      created: 1790000000,
      context_length: 128000,
      architecture: { input_modalities: ['text', 'image', 'audio'], output_modalities: ['text'] },
      pricing: { prompt: '0.00000015', completion: '0.0000006', input_cache_read: '0.000000075', request: '0' },
      top_provider: { context_length: 128000, max_completion_tokens: 16384 },
      supported_parameters: ['tools', 'structured_outputs', 'reasoning'],
    },
    {
      id: 'finch/finch-1.5:free',
      created: 1780000000,
      pricing: { prompt: '0', completion: '0', request: '0.01' },
      supported_parameters: ['response_format'],
    },
    { id: 'router/auto', created: 1700000000, pricing: { prompt: '-1', completion: '-1' } },
    {
      id: 'finch/paints',
      architecture: { input_modalities: ['text'], output_modalities: ['image'] },
      pricing: { prompt: '0', completion: '0' },
    },
    { pricing: {} },
  ],
};

/** As models.dev's `api.json`. */
export const MODELS_DEV = {
  heron: {
    id: 'heron',
    models: {
      'heron-large': {
        id: 'heron-large',
        cost: { input: 0.15, output: 0.6, cache_read: 0.075 },
        limit: { context: 128000, output: 16384 },
        tool_call: true,
        reasoning: false,
        structured_output: true,
        modalities: { input: ['text', 'image'], output: ['text'] },
        release_date: '2026-01',
        last_updated: '2026-05-02',
      },
      'heron-speaks': {
        limit: { context: 0, output: 0 },
        modalities: { input: ['text'], output: ['audio'] },
        last_updated: '2026-04-01',
      },
    },
  },
  cloud: {
    id: 'cloud',
    models: {
      'heron-large': {
        cost: { input: 0.2, output: 0.6, context_over_200k: { input: 0.4, output: 1.2 } },
        limit: { context: 0, output: 4096 },
        tool_call: { supported: true, parallel: false },
        modalities: { input: ['text'], output: ['text'] },
        last_updated: '2027-01-01',
      },
      'wren-open': { limit: { context: 32000, output: 4096 }, modalities: { input: ['text'], output: ['text'] } },
    },
  },
};
