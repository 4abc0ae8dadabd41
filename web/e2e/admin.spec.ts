// Administration: each flow makes its own records.
import type { Page } from '@playwright/test';
import type { Answer } from './api';
import { unique } from './make';
import { accessible, expect, test } from './test';

const word = (s: string): string => unique(s).replace(' ', '_').toLowerCase();
const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark']] as const) {
  test(`every page of administration is accessible, ${lang} ${theme}`, async ({ signedIn }) => {
    test.setTimeout(300_000);
    const page = await signedIn('admin', { lang, theme });
    await page.goto('/my');
    await page.locator('.adminrow').click();
    await expect(page.locator('.admincards li').first()).toBeVisible();
    await accessible(page, 'admin');
    for (const [name, ready] of [['users', '.atable tbody tr'], ['roles', '.right'], ['tokens', 'h1'], ['fields', '.fieldpreview'], ['matrix', '.cellbtn .prio'], ['categories', '.catrow'], ['settings', '.settings li'], ['jobs', '.atable tbody tr'], ['journal', '.traced']] as const) {
      await page.goto(`/admin/${name}`);
      await expect(page.locator(ready).first()).toBeVisible();
      await accessible(page, name);
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}-${lang}-${theme}.png` });
    }
  });
}

test('who is not in charge finds no administration, but may have tokens', async ({ signedIn }) => {
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto('/my');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.adminrow')).toHaveCount(0);
  await page.getByRole('button', { name: '김서연' }).click();
  await page.getByRole('menuitem', { name: 'API tokens' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('API tokens');
  await expect(page.locator('.adminnav a')).toHaveCount(1);
});

for (const lang of ['ko', 'en'] as const) {
  const w =
    lang === 'ko'
      ? { invite: '사람 초대', name: '이름', mail: '전자우편', roles: '역할', make: '초대 링크 만들기', close: '닫기', off: '비활성화', offed: '비활성', resolver: '처리 담당자', save: '저장', token: '새 토큰', makeToken: '토큰 만들기', kept: '옮겨 두었습니다', revoke: '폐기' }
      : { invite: 'Invite a person', name: 'Name', mail: 'E-mail', roles: 'Roles', make: 'Make the invitation link', close: 'Close', off: 'Deactivate', offed: 'Inactive', resolver: 'Resolver', save: 'Save', token: 'New token', makeToken: 'Make the token', kept: 'I have kept it', revoke: 'Revoke' };

  test(`${lang}: invite a person once, give a role, keep them out`, async ({ signedIn, api }) => {
    const page = await signedIn('admin', { lang });
    const name = unique('새 사람');
    const mail = `${word('new')}@example.com`;
    await page.goto('/admin/users');
    await page.getByRole('button', { name: w.invite }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(w.name).fill(name);
    await dialog.getByLabel(w.mail).fill('no address');
    await dialog.getByRole('button', { name: w.make }).click();
    await expect(dialog.locator('.err').first()).toBeVisible();
    await dialog.getByLabel(w.mail).fill(mail);
    await dialog.getByRole('button', { name: w.make }).click();
    await expect(dialog.locator('.secret input')).toHaveValue(/\/setup\?link=setup_/);
    await dialog.getByRole('button', { name: w.close }).last().click();
    const mine = row(page, mail);
    await mine.getByRole('button', { name: `${w.roles}: ${name}` }).click();
    await page.getByRole('dialog').locator('.pickbtn').click();
    await page.getByRole('option', { name: new RegExp(`^${w.resolver}`) }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').getByRole('button', { name: w.save, exact: true }).click();
    await expect(mine.locator('.tag')).toHaveCount(2);
    await mine.getByRole('button', { name: `${w.off}: ${name}` }).click();
    await expect(mine).toContainText(w.offed);
    const saved = await api('admin').send<{ items: Answer[] }>('GET', `/users?filter=${encodeURIComponent(`email == '${mail}'`)}&fields=roles,active`);
    expect(saved.items[0]).toMatchObject({ roles: ['end_user', 'resolver'], active: false });
  });

  test(`${lang}: a token is shown once, works, and is revoked`, async ({ signedIn, url }) => {
    const page = await signedIn('admin', { lang });
    const name = unique('토큰');
    await page.goto('/admin/tokens');
    await page.getByRole('button', { name: w.token }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[name=name]').fill(name);
    await dialog.getByRole('button', { name: w.makeToken }).click();
    const secret = await dialog.locator('.secret input').inputValue();
    const asks = async (): Promise<number> => (await fetch(`${url}/api/v1/session`, { headers: { Authorization: `Bearer ${secret}` } })).status;
    expect(await asks()).toBe(200);
    await dialog.getByRole('button', { name: w.kept }).click();
    await row(page, name).getByRole('button', { name: new RegExp(name) }).click();
    await expect(row(page, name)).toHaveClass(/off/);
    expect(await asks()).toBe(401);
  });
}

test('a cell of the permission matrix opens its grants in words', async ({ signedIn }) => {
  const page = await signedIn('admin', { lang: 'en' });
  await page.goto('/admin/roles');
  await page.getByRole('button', { name: 'Filter by role' }).click();
  await page.getByRole('option', { name: 'End user' }).click();
  await page.keyboard.press('Escape');
  await expect(page.locator('.rights thead th')).toHaveCount(1);
  await page.getByRole('button', { name: /: End user, Incident$/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('See the record');
  await expect(dialog).toContainText('requester == me');
  await expect(dialog.locator('.grants li').first()).toBeVisible();
});

test('a custom field is seen before it is made, appears in the form, and is retired', async ({ signedIn }) => {
  const page = await signedIn('admin', { lang: 'en' });
  const name = `x_${word('f')}`.replace(/[^a-z0-9_]/g, '');
  await page.goto('/admin/fields');
  await page.getByLabel('Label: Korean').fill('건물');
  await page.getByLabel('Label: English').fill(`Building ${name}`);
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await page.getByRole('button', { name: /^Type/ }).click();
  await page.getByRole('option', { name: 'Choice', exact: true }).click();
  await page.getByRole('textbox', { name: 'Choices' }).fill('east, west');
  const preview = page.locator('.fieldpreview');
  await expect(preview).toContainText(`Building ${name}`);
  await preview.getByRole('button').click();
  await expect(page.getByRole('option', { name: 'west' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add the field' }).click();
  await expect(row(page, name)).toContainText('Choice');
  await page.goto('/incidents/new');
  await expect(page.getByText(`Building ${name}`)).toBeVisible();
  await page.goto('/admin/fields');
  await page.getByRole('button', { name: `Retire: Building ${name}` }).click();
  await expect(row(page, name)).toHaveClass(/off/);
});

test('a cell of the priority matrix is changed where it stands', async ({ signedIn, api }) => {
  const page = await signedIn('admin', { lang: 'en' });
  const matrix = word('m');
  for (let i = 1; i <= 3; i++) for (let u = 1; u <= 3; u++) if (i !== 3 || u !== 3) await api('admin').post('/priority_rules', { matrix, impact: i, urgency: u, priority: 3 });
  await page.goto('/admin/matrix');
  await expect(page.locator('.adminbar .chip')).toHaveText('In use');
  await expect(page.getByRole('button', { name: 'ServiceNow' })).toBeVisible();
  await page.getByRole('button', { name: matrix }).click();
  const cell = page.getByRole('button', { name: /^Impact High, Urgency High/ });
  await cell.click();
  await page.getByRole('menuitemradio').first().click();
  await expect(cell.locator('.prio')).toHaveClass(/p1/);
  const last = page.getByRole('button', { name: /^Impact Low, Urgency Low/ });
  await last.click();
  await page.getByRole('menuitemradio').last().click();
  await expect(last.locator('.prio')).toHaveClass(/p5/);
  const rules = await api('admin').send<{ items: Answer[] }>('GET', `/priority_rules?filter=${encodeURIComponent(`matrix == '${matrix}'`)}&fields=impact,urgency,priority`);
  expect(rules.items.length).toBe(9);
  expect(rules.items.find(r => r['impact'] === 1 && r['urgency'] === 1)).toMatchObject({ priority: 1 });
  await expect(page.locator('main')).toContainText('from now on');
});

test('categories: three levels by keyboard alone', async ({ signedIn, api }) => {
  const page = await signedIn('admin', { lang: 'ko' });
  const [a, b, c] = [unique('가 분류'), unique('나 하위'), unique('다 증상')];
  const top = await api('admin').post('/categories', { name: a });
  await page.goto('/admin/categories');
  await page.locator(`[data-id="${top.id}"]`).focus();
  await page.keyboard.press('Control+Enter');
  await page.keyboard.type(b);
  await page.keyboard.press('Enter');
  await expect(page.locator('.catname:focus')).toContainText(b);
  await page.keyboard.press('Control+Enter');
  await page.keyboard.type(c);
  await page.keyboard.press('Enter');
  await expect(page.locator('.catname:focus')).toContainText(c);
  await page.keyboard.press('Control+Enter'); // there is no fourth level
  await expect(page.locator('.catedit')).toHaveCount(0);
  await page.keyboard.press('F2');
  await page.keyboard.press('End');
  await page.keyboard.type(' 새로');
  await page.keyboard.press('Enter');
  await expect(page.locator('.catname:focus')).toContainText(`${c} 새로`);
  await page.keyboard.press('Delete');
  await expect(page.locator('.catname:focus .chip')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.catname:focus')).toContainText(b);
});

test('a setting is set, refused where it is wrong, and reset', async ({ signedIn }) => {
  const page = await signedIn('admin', { lang: 'en' });
  await page.goto('/admin/settings');
  const line = page.locator('.settings li').filter({ hasText: 'incident.ping_pong_hops' });
  const was = await line.locator('input').inputValue();
  await line.locator('input').fill('many');
  await page.keyboard.press('Enter');
  await expect(line.getByRole('alert')).toBeVisible();
  await line.locator('input').fill('9');
  await page.keyboard.press('Enter');
  await expect(line).toContainText(`Default: ${was}`);
  await line.getByRole('button', { name: /^Reset/ }).click();
  await expect(line).toContainText('This is the default');
  await expect(line.locator('input')).toHaveValue(was);
});

test('a job runs now; dead letters are told of', async ({ signedIn }) => {
  const page = await signedIn('admin', { lang: 'en' });
  await page.route('**/api/v1/jobs', async route => {
    const res = await route.fetch();
    const body = (await res.json()) as { items: unknown[]; dead: unknown[] };
    await route.fulfill({ response: res, json: { ...body, dead: [{ id: 7, name: 'platform.tidy', as_of: '2026-11-24T00:00:00Z', at: '2026-11-24T00:00:01Z', error: 'disk full' }] } });
  });
  let retried = '';
  await page.route('**/api/v1/jobs/7/retry', route => {
    retried = route.request().method();
    return route.fulfill({ status: 204 });
  });
  await page.goto('/admin/jobs');
  const tidy = row(page, 'platform.tidy');
  await tidy.getByRole('button', { name: /^Run now/ }).click();
  await expect(tidy).toContainText('ms');
  await expect(page.locator('.dead pre')).toHaveText('disk full');
  await page.getByRole('button', { name: /^Try again/ }).click();
  await expect.poll(() => retried).toBe('POST');
});

test('the journal is explored, verified, and a checkpoint taken away', async ({ signedIn, api }) => {
  const page = await signedIn('admin', { lang: 'en' });
  const name = unique('저널 그룹');
  const g = await api('admin').post('/groups', { name });
  await api('admin').send('PATCH', `/groups/${g.id}`, { email: 'desk@example.com' });
  await page.goto('/admin/journal');
  await page.getByLabel('Kind', { exact: true }).selectOption({ label: 'Group' });
  await page.getByLabel('What was done').selectOption({ label: 'Changed' });
  const mine = page.locator('.traced').filter({ hasText: name });
  await expect(mine).toHaveCount(1);
  await expect(mine).toContainText('desk@example.com');
  await page.getByRole('button', { name: 'Verify the journal' }).click();
  await expect(page.locator('.proof .notice')).toContainText('The journal is whole');
  const down = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export a signed checkpoint' }).click();
  expect((await down).suggestedFilename()).toMatch(/^maru-checkpoint-.*\.json$/);
});
