import { defineConfig } from 'vitepress';

export default defineConfig({
  title: 'RouteProfile',
  description: 'LLM routing by model profiles, in TypeScript',
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    nav: [{ text: 'Getting started', link: '/getting-started' }],
    sidebar: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Coming from Python', link: '/from-python' },
    ],
  },
});
