import { Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';

/**
 * A typedoc plugin for these packages.
 * - Entry points are called what users import: `packages/schema/src/testing/index.ts` is `@routeprofile/schema/testing`.
 * - Comments may begin with a shape. To Markdown, `[rows × columns]: what they are` defines a link and is not shown, so
 *   the bracket is escaped.
 * - Links to headings are spelled as VitePress spells their anchors: `HASH_VERSION` is `#hash-version`.
 */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) module.name = importName(module.name);
    for (const reflection of Object.values(project.reflections)) if (reflection.comment) showShapes(reflection.comment);
  });
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = page.contents?.replace(/(?<=\]\([^()\s]*#)(?!property-)[\w-]+(?=\))/g, (anchor) =>
      anchor.replaceAll('_', '-'),
    );
  });
}

function importName(name) {
  const [, entry, subpath] =
    /^([a-z-]+)\/src(?:\/(core|node|postgres|testing|format|html|fit))?(?:\/index)?$/.exec(name) ?? [];
  if (entry === undefined)
    throw new Error(
      `${name} is not an entry point of a package: expected PACKAGE/src/index, /core, /node, /postgres, /testing, /format, /html or /fit`,
    );
  return ['@routeprofile', entry, subpath].filter(Boolean).join('/');
}

function showShapes(comment) {
  for (const parts of [comment.summary, ...comment.blockTags.map(({ content }) => content)])
    parts.forEach((part, i) => {
      if (part.kind === 'text') part.text = part.text.replace(/^(\s*)\[(?=[^\]\n]*\]:)/gm, '$1\\[');
      // What typedoc took for the target of such a link.
      else if (part.kind === 'relative-link') parts[i] = { kind: 'text', text: part.text };
    });
}
