/* global document, getComputedStyle, innerHeight -- in the page */
import { assert } from '../../../../tools/lib/checks.mjs';
import { open, withPage } from './visit.mjs';

const LIMIT = 120;

/** Where the focus is: what it is, its text, and how it looks, as the page's style sheets make it. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const look = () => {
    const style = getComputedStyle(element);
    return [
      style.outlineStyle === 'none' ? '' : `${style.outlineWidth} ${style.outlineStyle} ${style.outlineColor}`,
      style.boxShadow,
      style.borderColor,
      style.backgroundColor,
      style.color,
      style.textDecorationLine,
      style.clipPath,
    ].join('|');
  };
  const box = element.getBoundingClientRect();
  const inside = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
  const withFocus = look();
  element.blur();
  const without = look();
  element.focus({ focusVisible: true, preventScroll: true });
  const kind = (selector) => element.matches(selector) || element.closest(selector) !== null;
  return {
    name: `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 40)}"`,
    inContent: kind('#VPContent') && !kind('.VPSidebar'),
    visible: inside && withFocus !== without,
    part: kind('.VPSkipLink')
      ? 'skip link'
      : kind('.DocSearch')
        ? 'search'
        : kind('nav.VPNavBarMenu')
          ? 'navigation'
          : kind('.VPSidebar')
            ? 'sidebar'
            : kind('.vp-doc, .VPHome')
              ? 'content'
              : 'other',
  };
}

/** Tab goes through a page part by part, in the order they are read, and what has the focus looks like it. */
export const tabThrough = (browser, site, path, colorScheme) =>
  withPage(browser, { ...site, colorScheme }, async (page) => {
    await open(page, `${site.origin}${path}`);
    const stops = [];
    for (let i = 0; i < LIMIT; i++) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(focused);
      if (stop === null) break;
      stops.push(stop);
      if (stops.filter(({ part }) => part === 'content').length >= 3) break;
    }
    const order = ['skip link', 'search', 'navigation', 'content'].map((part) => ({
      part,
      at: stops.findIndex((stop) => stop.part === part),
    }));
    for (const { part, at } of order) assert(at >= 0, `${LIMIT} times Tab on ${path} do not reach the ${part}`);
    assert(
      order.every(({ at }, i) => i === 0 || at > order[i - 1].at),
      `order on ${path}: ${JSON.stringify(order)}`,
    );
    const unseen = stops.filter(({ visible }) => !visible).map(({ name }) => name);
    assert(unseen.length === 0, `nobody sees the focus on ${unseen.join(', ')}`);
    return `${path}, ${colorScheme}: ${stops.length} stops`;
  });

/** The skip link leads past the navigation: the next stop is in the content. */
export const skipLink = (browser, site, path) =>
  withPage(browser, site, async (page) => {
    await open(page, `${site.origin}${path}`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    assert(stop?.inContent, `after the skip link, Tab leads to ${stop?.name}`);
    return stop.name;
  });
