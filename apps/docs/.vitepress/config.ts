import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type DefaultTheme } from 'vitepress';
import playground from './playground-vite';

const site = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Sections that are generated before a build; without them the site builds all the same, with nothing to link to. */
const generated = ['api', 'reference', 'results', 'playground'].map((name) => ({
  name,
  present: existsSync(site(name)) || existsSync(site(`${name}.md`)),
}));
const has = (name: string) => generated.some((section) => section.name === name && section.present);
const absent = generated.filter(({ present }) => !present).map(({ name }) => new RegExp(`^/${name}(/|$)`));

/** Links with a text; those into absent sections are left out. */
const links = (...entries: [text: string, link: string][]): { text: string; link: string }[] =>
  entries.filter(([, link]) => !absent.some((section) => section.test(link))).map(([text, link]) => ({ text, link }));

const packages = [
  'schema',
  'numerics',
  'data',
  'providers',
  'encoder-static',
  'encoders',
  'graph',
  'profiles',
  'routers',
  'eval',
  'report',
  'collect',
  'tensor',
  'pipeline',
  'gateway',
  'ai-sdk',
  'cli',
] as const;

/** What typedoc wrote beside the pages of the API reference. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const file = site('api/typedoc-sidebar.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DefaultTheme.SidebarItem[]) : [];
}

const guide: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: links(
      ['Getting started', '/getting-started'],
      ['What it found', '/results'],
      ['What the paper claims', '/claims'],
      ['Playground', '/playground'],
      ['Other things called routing', '/other-routing'],
    ),
  },
  {
    text: 'Concepts',
    items: links(
      ['Profiles', '/concepts/profiles'],
      ['The design space', '/concepts/design-space'],
      ['Profile strategies', '/concepts/profile-strategies'],
      ['Router strategies', '/concepts/router-strategies'],
      ['The pipeline', '/concepts/pipeline'],
      ['Standard and newllm', '/concepts/settings'],
      ['Evaluation', '/concepts/evaluation'],
      ['Judging a router by logs', '/concepts/off-policy'],
      ['Exploring and learning', '/concepts/learning-online'],
    ),
  },
  {
    text: 'Your data',
    items: links(
      ['I have prompts', '/guides/prompts'],
      ['I have evaluation results', '/guides/evaluation-results'],
      ['I have production logs', '/guides/production-logs'],
      ['Every log and export', '/guides/own-logs'],
      ['Grade stored answers', '/guides/grade-answers'],
    ),
  },
  {
    text: 'Routers',
    items: links(
      ['Read and trust a report', '/guides/read-a-report'],
      ['Embeddings from a server', '/guides/embeddings'],
      ['Add a new model', '/guides/new-model'],
      ['Prices and profiles of models', '/guides/models'],
      ['Catalogues of a million models', '/guides/large-catalogues'],
      ['Use more than one machine', '/guides/several-machines'],
      ['Choose by cost', '/guides/cost'],
      ['Use a saved router in your program', '/guides/saved-router'],
      ['Write a plugin', '/guides/plugin'],
      ['Resume, seeds, reproducibility', '/guides/reproducibility'],
      ['GPU', '/guides/gpu'],
      ['Python interop', '/guides/python'],
      ['Coming from the Python package', '/from-python'],
    ),
  },
  {
    text: 'The gateway',
    items: links(
      ['Put a router in front of your models', '/guides/gateway'],
      ['Settings and paths', '/guides/gateway-settings'],
      ['Learn from feedback', '/guides/feedback'],
      ['From journal to a better router', '/guides/learn-from-traffic'],
      ['Budgets and conversations', '/guides/budgets-and-sessions'],
      ['Load and drift', '/guides/load-and-drift'],
      ['Client libraries and the gateway', '/guides/clients'],
      ['Use the AI SDK', '/guides/ai-sdk'],
      ['Claude Code and Codex CLI', '/guides/coding-agents'],
      ['Open WebUI', '/guides/open-webui'],
      ['Run the gateway in Docker', '/guides/docker'],
      ['Three replicas behind a proxy', '/guides/replicas'],
    ),
  },
  {
    text: 'Experiments',
    items: links(
      ['Profiles', '/experiments/profiles'],
      ['Routers', '/experiments/routers'],
      ['Learning online', '/experiments/online-learning'],
      ['Speed and scale', '/experiments/speed'],
    ),
  },
  {
    text: 'Packages',
    items: packages.map((name) => ({ text: `@routeprofile/${name}`, link: `/packages/${name}` })),
  },
  {
    text: 'Reference',
    items: links(['Command line', '/reference/cli'], ['Everything built in', '/reference/built-ins'], ['API', '/api/']),
  },
].filter(({ items }) => items.length > 0);

export default defineConfig({
  title: 'RouteProfile',
  description:
    'LLM routing by model profiles in TypeScript: build what a router knows of each model, train routers on your logs, and see with paired intervals whether they beat one model.',
  lang: 'en',
  cleanUrls: true,
  // A build of the same sources gives the same pages: no dates from git.
  lastUpdated: false,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }],
    ['meta', { name: 'theme-color', content: '#3451b2' }],
    ['meta', { property: 'og:title', content: 'RouteProfile' }],
    ['meta', { property: 'og:type', content: 'website' }],
  ],
  // The default colours of code have too little contrast.
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' } },
  ignoreDeadLinks: absent,
  vite: playground,
  // The theme tells its bar of a sidebar only once its scripts run, and the bar then moves.
  transformHtml: (html) =>
    html.includes('class="VPContent has-sidebar"')
      ? html.replace('class="VPNavBar"', 'class="VPNavBar has-sidebar"')
      : undefined,
  themeConfig: {
    logo: '/icon.svg',
    search: {
      provider: 'local',
      // A word is first looked for in what was written for reading, then among the names of the API.
      options: { miniSearch: { searchOptions: { boostDocument: (id: string) => (/^\/?api\//.test(id) ? 0.3 : 1) } } },
    },
    nav: [
      ...links(['Getting started', '/getting-started'], ['Results', '/results'], ['Playground', '/playground']),
      { text: 'Concepts', link: '/concepts/profiles', activeMatch: '^/concepts/' },
      { text: 'Guides', link: '/guides/prompts', activeMatch: '^/guides/' },
      { text: 'Packages', link: '/packages/profiles', activeMatch: '^/packages/' },
      ...links(['CLI', '/reference/cli'], ['API', '/api/']),
    ],
    sidebar: has('api') ? { '/api/': [{ text: 'API', items: apiSidebar() }], '/': guide } : { '/': guide },
    outline: { level: [2, 3] },
    socialLinks: [{ icon: 'github', link: 'https://github.com/routeprofile/routeprofile' }],
    footer: {
      message:
        'MIT licence. An independent implementation of <a href="https://arxiv.org/abs/2605.00180">arXiv 2605.00180</a>; not affiliated with its authors.',
    },
  },
});
