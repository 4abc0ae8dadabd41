// The test of this suite: a page that is signed in as somebody, in a language and a theme, and that
// fails on what the browser complains about.
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { Api } from './api';
import type { Who } from './people';

export type Look = { lang?: 'ko' | 'en'; theme?: 'light' | 'dark'; [more: string]: unknown };

type Fixtures = { api: (who: Who) => Api; signedIn: (who: Who | Api, look?: Look) => Promise<Page>; url: string };

export const test = base.extend<Fixtures>({
  url: async ({}, use) => use(process.env['MARU_URL'] ?? ''), // eslint-disable-line eslint/no-empty-pattern -- the form Playwright asks for
  baseURL: async ({ url }, use) => use(url),
  api: async ({}, use) => use(who => Api.as(who)), // eslint-disable-line eslint/no-empty-pattern -- likewise
  signedIn: async ({ page, api, url }, use) => {
    const bad: string[] = [];
    page.on('pageerror', e => bad.push(String(e)));
    page.on('console', m => {
      // What the server refuses on purpose is no error of the page.
      if (m.type() === 'error' && !/status of (401|403|404|409|412|422)/.test(m.text())) bad.push(m.text());
    });
    await use(async (who, look = {}) => {
      const host = new URL(url).hostname;
      await page.context().addCookies([{ name: 'maru_session', value: (typeof who === 'string' ? api(who) : who).session, domain: host, path: '/', httpOnly: true, sameSite: 'Lax' }]);
      const prefs = { theme: 'light', lang: 'ko', ...look };
      await page.addInitScript(p => {
        if (!localStorage.getItem('maru.prefs')) localStorage.setItem('maru.prefs', JSON.stringify(p));
      }, prefs);
      return page;
    });
    expect(bad, 'the browser complains').toEqual([]);
  },
});

export { expect };

// accessible finds nothing that WCAG 2.2 AA forbids, at desk and at half-screen width, or at those given.
export const accessible = async (page: Page, where: string, widths = [1440, 800]): Promise<void> => {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(100);
    const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    const said = found.violations.map(v => `${v.id} x${v.nodes.length}: ${v.nodes.slice(0, 3).map(n => `${n.target.join(' ')} (${n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? ''})`).join(' | ')}`);
    expect(said, `${where} at ${width} px`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
};
