// Every screen, in both languages and both themes, into web/shots.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Api, type Answer } from './api';
import { test } from './test';

const dir = join(import.meta.dirname, '../shots');
const only = process.env['SHOT'];

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark'], ['ko', 'dark'], ['en', 'light']] as const) {
  test(`${lang} ${theme}`, async ({ signedIn, api, url, browser }) => {
    test.setTimeout(180_000);
    const page = await signedIn('agent', { lang, theme });
    const as: Api = api('agent');
    const list = await as.send<{ items: Answer[] }>('GET', "/incidents?filter=state=='in_progress'%26%26empty(resolution_notes)&order=number&fields=number&limit=3");
    const number = list.items[0]?.number ?? '';
    const shot = async (name: string, p: Page = page): Promise<void> => {
      if (only && !name.includes(only)) return;
      await p.waitForTimeout(350);
      await p.screenshot({ path: join(dir, `${name}-${lang}-${theme}.png`) });
    };
    await page.goto('/my');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot('my');
    await page.goto('/my/approvals');
    await shot('approvals');
    await page.goto('/incidents');
    await page.getByRole('row').nth(5).waitFor();
    await shot('queue');
    for (let i = 0; i < 3; i++) await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('Space');
    await shot('queue-preview');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.locator('.fadd').click();
    await page.locator('.chooser button').nth(2).click();
    await shot('queue-filter');
    await page.keyboard.press('Escape');
    await page.goto(`/incidents?filter=${encodeURIComponent("priority <= 2 && stat == 'new'")}`);
    await page.locator('.filters .linkbtn').first().click();
    await shot('queue-error');
    await page.goto(`/incidents/${number}`);
    await page.locator('.tl li').first().waitFor();
    await shot('record');
    await page.locator('.acts .btn.primary').click();
    await page.getByRole('dialog').waitFor();
    await shot('move');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await shot('record-note');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type(lang === 'ko' ? 'ㅇㅅㄷㅌ' : 'inc');
    await shot('palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await shot('keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await page.locator('.inbox').getByRole('listitem').first().waitFor();
    await shot('notifications');
    await page.keyboard.press('Escape');
    await page.goto('/incidents');
    await page.getByRole('row').nth(2).waitFor();
    await page.keyboard.press('c');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('VPN');
    await shot('quick');
    await page.goto('/incidents/new');
    await page.locator('form button[type=submit]').click();
    await shot('create');
    await page.goto('/incidents');
    await page.locator('.side button.siderow').nth(3).click();
    await shot('stages');
    await page.keyboard.press('Escape');
    await page.goto('/incidents?as=board');
    await page.locator('.card .age').first().waitFor();
    await shot('board');
    await page.goto('/figures/incident?kpi=incidents.created');
    await page.locator('.chartbox svg').waitFor();
    await shot('figures');
    await page.goto('/incidents/INC9999999');
    await shot('notfound');
    await page.setViewportSize({ width: 800, height: 900 });
    await page.goto(`/incidents/${number}`);
    await page.locator('.tl li').first().waitFor();
    await shot('record-800');
    await page.goto('/incidents');
    await page.getByRole('row').nth(2).waitFor();
    await shot('queue-800');
    for (const width of [390, 1440]) {
      const own = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, baseURL: url });
      await own.addCookies([{ name: 'maru_session', value: api('user').session, domain: new URL(url).hostname, path: '/' }]);
      await own.addInitScript(p => localStorage.setItem('maru.prefs', JSON.stringify(p)), { lang, theme });
      const portal = await own.newPage();
      for (const [name, path] of [['home', ''], ['answers', '?q=VPN'], ['report', '/new/incidents'], ['requests', '/requests'], ['request', '/incidents/INC0000004']] as const) {
        await portal.goto(`/portal${path}`);
        await portal.getByRole('heading', { level: 1 }).waitFor();
        await shot(`portal-${name}-${width}`, portal);
      }
      await own.close();
    }
    const out = await browser.newPage({ viewport: { width: 1440, height: 900 }, baseURL: url });
    await out.addInitScript(p => localStorage.setItem('maru.prefs', JSON.stringify(p)), { lang, theme });
    await out.goto('/signin');
    await out.locator('input').first().waitFor();
    await shot('signin', out);
    await out.goto('/setup?link=x');
    await out.locator('input').first().waitFor();
    await shot('setup', out);
    await out.close();
  });
}
