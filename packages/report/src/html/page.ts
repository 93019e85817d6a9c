import { html, trusted, type Markup } from './markup.js';
import { style } from './style.js';

/** A whole page around its content: no scripts, nothing loaded from anywhere. `extraStyle` is CSS written here, never data. */
export function page(title: string, content: Markup, extraStyle = ''): string {
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(style + extraStyle)}
        </style>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `;
  return text;
}
