// Saved views: kept, shown as tabs, shared with a group, changed and put away.
import type { Answer } from './api';
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

// One after the other: both look at the tabs of one person.
test.describe.configure({ mode: 'serial' });

for (const lang of ['ko', 'en'] as const) {
  const w =
    lang === 'ko'
      ? { as: '새 보기로 저장', name: '표시 이름', save: '저장', into: '보기에 저장', group: '내 그룹', edit: '이름과 공유', del: '보기 삭제', undo: '되돌리기', find: '제목·내용·번호 찾기', columns: '열', left: '왼쪽으로' }
      : { as: 'Save as a new view', name: 'Label', save: 'Save', into: 'Save view', group: 'My group', edit: 'Name and sharing', del: 'Delete view', undo: 'Undo', find: 'Find in title, text, number', columns: 'Columns', left: 'Move left' };

  test(`${lang}: a view is saved, changed, shared, moved and deleted`, async ({ signedIn, api }) => {
    test.setTimeout(90_000);
    const word = unique('볼것').replace(' ', '');
    for (const n of [1, 2]) await incident(api('agent'), `${word} 인시던트 ${n}`);
    await api('agent').post<Answer>('/saved_views', { label: { [lang]: unique('앞선') }, on: 'incident', filter: 'priority == 1', position: 0 });
    const page = await signedIn('agent', { lang });
    await page.goto('/incidents?view=all');
    await expect(page.locator('.tabs a').first()).toBeVisible();
    await expect(page.locator('.saveview')).toHaveCount(0);
    await page.goto(`/incidents?view=all&filter=${encodeURIComponent(`title.contains('${word}')`)}`);
    await page.getByRole('button', { name: w.as }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[name=name]').fill(word);
    await dialog.getByRole('button', { name: w.save, exact: true }).click();
    const tab = page.locator('.savedtab').filter({ hasText: word });
    await expect(tab.locator('a')).toHaveAttribute('aria-current', 'page');
    await expect(tab.locator('.n')).toHaveText('2');
    await expect(page.locator('.saveview')).toHaveCount(0);
    // Columns belong to the view; a change offers to save it.
    await page.getByRole('button', { name: w.columns, exact: true }).click();
    await page.getByRole('menuitemcheckbox').nth(1).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: w.into, exact: true }).click();
    await expect(page.locator('.saveview')).toHaveCount(0);
    // Shared with a group, a colleague has the tab, and none of its menu.
    await tab.getByRole('button').click();
    await page.getByRole('menuitem', { name: w.edit }).click();
    await page.getByRole('dialog').getByRole('radio', { name: w.group }).check();
    await page.getByRole('dialog').getByRole('button', { name: w.save, exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    const seen = async (who: 'resolver' | 'user'): Promise<number> => (await api(who).send<{ items: Answer[] }>('GET', '/saved_views?fields=label&limit=200')).items.filter(v => JSON.stringify(v['label']).includes(word)).length;
    expect(await seen('resolver')).toBe(1);
    expect(await seen('user')).toBe(0);
    // It moves before its neighbour, and goes, and comes back.
    const place = async (): Promise<number> => (await page.locator('.savedtab a').allTextContents()).findIndex(x => x.includes(word));
    const before = await place();
    expect(before).toBeGreaterThan(0);
    await tab.getByRole('button').click();
    await page.getByRole('menuitem', { name: w.left }).click();
    await expect.poll(place).toBe(before - 1);
    await page.reload();
    await expect.poll(place).toBe(before - 1);
    await tab.getByRole('button').click();
    await page.getByRole('menuitem', { name: w.del }).click();
    await expect(tab).toHaveCount(0);
    await page.getByRole('button', { name: w.undo }).click();
    await expect(tab).toHaveCount(1);
  });
}

test('saved views are accessible', async ({ signedIn, api }) => {
  test.setTimeout(120_000);
  const v = await api('agent').post<Answer>('/saved_views', { label: { ko: unique('접근성') }, on: 'problem', filter: '' });
  const page = await signedIn('agent', { lang: 'en', theme: 'dark' });
  await page.goto(`/problems?view=${v.id}&order=number`);
  await expect(page.locator('.saveview')).toBeVisible();
  await accessible(page, 'saved views');
  await page.getByRole('button', { name: 'Save as a new view' }).click();
  await accessible(page, 'saving a view');
});
