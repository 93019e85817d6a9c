// The system's fonts: one that comes late moves the page under its reader.
import DefaultTheme from 'vitepress/theme-without-fonts';
import type { Theme } from 'vitepress';
import './site.css';

export default { extends: DefaultTheme } satisfies Theme;
