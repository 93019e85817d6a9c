import DefaultTheme from 'vitepress/theme';
import type { Theme } from 'vitepress';
import './site.css';

export default { extends: DefaultTheme } satisfies Theme;
