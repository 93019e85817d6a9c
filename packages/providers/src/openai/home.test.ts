import { expect, it } from 'vitest';
import { openAiHome, openAiKeyFor } from './home.js';

it('takes RouteProfile’s own settings first, then the common ones, then OpenAI', () => {
  expect(openAiHome({})).toEqual({ baseUrl: 'https://api.openai.com/v1', apiKey: undefined });
  const common = { OPENAI_BASE_URL: 'http://a/v1', OPENAI_API_KEY: 'common' };
  expect(openAiHome({ ...common, ROUTEPROFILE_OPENAI_API_KEY: '' })).toEqual({
    baseUrl: 'http://a/v1',
    apiKey: 'common',
  });
  const own = { ROUTEPROFILE_OPENAI_BASE_URL: 'http://b/v1', ROUTEPROFILE_OPENAI_API_KEY: 'own' };
  expect(openAiHome({ ...common, ...own })).toEqual({ baseUrl: 'http://b/v1', apiKey: 'own' });
});

it('gives the key to its own host only', () => {
  const env = { OPENAI_BASE_URL: 'http://a:80/v1', OPENAI_API_KEY: 'common' };
  expect(openAiKeyFor('http://a/v2', env)).toBe('common');
  for (const address of ['http://b/v1', 'http://a:81/v1', 'https://a/v1', 'nowhere'])
    expect(openAiKeyFor(address, env)).toBeUndefined();
  expect(openAiKeyFor('nowhere', { OPENAI_BASE_URL: 'nowhere', OPENAI_API_KEY: 'common' })).toBeUndefined();
});
