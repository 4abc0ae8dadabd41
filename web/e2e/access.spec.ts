// WCAG 2.2 AA on every page, in both themes, at two widths; Korean in one theme, English in the other and back.
import type { Answer } from './api';
import { unique, working } from './make';
import { accessible, expect, test } from './test';

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark']] as const) {
  test(`lists and places, ${lang} ${theme}`, async ({ signedIn }) => {
    test.setTimeout(120_000);
    const page = await signedIn('agent', { lang, theme, preview: true });
    await page.goto('/my');
    await expect(page.locator('.worklist li').first()).toBeVisible();
    await accessible(page, 'my work');
    await page.goto('/my/approvals');
    await expect(page.locator('.empty')).toBeVisible();
    await accessible(page, 'approvals');
    await page.goto('/incidents?view=unassigned');
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await expect(page.locator('.prev h2')).toBeVisible();
    await accessible(page, 'queue');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('.fadd').click();
    await accessible(page, 'choosing a filter');
    await page.keyboard.press('Escape');
    await page.goto('/incidents/INC9999999');
    await expect(page.locator('.empty')).toBeVisible();
    await accessible(page, 'not found');
  });

  test(`record and what opens over it, ${lang} ${theme}`, async ({ signedIn, api }) => {
    test.setTimeout(120_000);
    const as = api('agent');
    const i: Answer = await working(as, unique('접근성 인시던트'));
    await as.post(`/incidents/${i.id}/comments`, { body: '답글' });
    await as.post(`/incidents/${i.id}/comments`, { body: '메모', internal: true });
    const page = await signedIn('agent', { lang, theme });
    await page.goto(`/incidents/${i.number}`);
    await expect(page.locator('.tl .note')).toBeVisible();
    await accessible(page, 'record');
    await page.keyboard.press('n');
    await page.locator('.emptytoggle').click();
    await accessible(page, 'record with everything, writing a note');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.locator('.acts .btn.primary').click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await accessible(page, 'a move');
    await page.keyboard.press('Escape');
    await page.locator('.recmain').focus();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('option').first()).toBeVisible();
    await accessible(page, 'palette');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await accessible(page, 'keys');
    await page.keyboard.press('Escape');
    await page.goto('/incidents/new');
    await page.locator('form button[type=submit]').click();
    await expect(page.locator('.err').first()).toBeVisible();
    await accessible(page, 'full form');
  });

  test(`the way in, ${lang} ${theme}`, async ({ page, url }) => {
    await page.addInitScript(p => localStorage.setItem('maru.prefs', JSON.stringify(p)), { lang, theme });
    await page.goto(`${url}/signin`);
    await expect(page.locator('input').first()).toBeVisible();
    await accessible(page, 'sign-in');
    await page.goto(`${url}/setup?link=x`);
    await expect(page.locator('input').first()).toBeVisible();
    await accessible(page, 'set-up');
  });
}

test('the set-up link: an invited person sets a password and is in', async ({ page, url, api }) => {
  const made = await api('admin').post<{ link: string }>('/invitations', { email: `${unique('new').replace(' ', '')}@example.com`, name: '새 사람', roles: ['end_user'] });
  await page.addInitScript(() => localStorage.setItem('maru.prefs', JSON.stringify({ lang: 'en' })));
  await page.goto(url + made.link);
  await page.getByLabel('New password').fill('a long enough password');
  await page.getByLabel('Password again').fill('another password here');
  await page.getByRole('button', { name: 'Set up and enter' }).click();
  await expect(page.locator('.err')).toContainText('differ');
  await page.getByLabel('Password again').fill('a long enough password');
  await page.getByRole('button', { name: 'Set up and enter' }).click();
  await expect(page).toHaveURL(/\/portal$/); // nobody who is no agent is left in the console
  await expect(page.getByRole('heading', { level: 1 })).toContainText('새 사람');
  await page.goto(url + made.link);
  await page.getByLabel('New password').fill('a long enough password');
  await page.getByLabel('Password again').fill('a long enough password');
  await page.getByRole('button', { name: 'Set up and enter' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
});
