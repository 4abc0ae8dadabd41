// Dashboards: put together, saved, shared, looked at on a wall; each tile with the rights of its viewer.
import type { Locator, Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { new: '새 대시보드', desk: '서비스데스크 오늘', save: '저장', add: '타일 추가', plus: '추가', note: '메모', list: '목록', undo: '되돌리기', edit: '편집', menu: '대시보드 메뉴', share: '이름과 공유', all: '모두', shared: '모두에게 공유', copy: '내 것으로 복제', clash: '다른 사람이 이 대시보드를 저장', mine: '내 편집으로 덮어쓰기', remove: '타일 빼기', wider: '넓게', text: '내용', hidden: '볼 권한이 없거나', wall: '전체 화면', end: '전체 화면 끝내기', priority: '우선순위', reset: '처음대로', without: '이 타일에는 다음 필터를 걸 수 없습니다', table: '표로 보기', boards: '대시보드', pin: '옆 메뉴에 고정', retire: '대시보드 치우기', name: '표시 이름', count: '건수', own: '제목' },
  en: { new: 'New dashboard', desk: 'Service desk today', save: 'Save', add: 'Add a tile', plus: 'Add', note: 'Note', list: 'List', undo: 'Undo', edit: 'Edit', menu: 'Dashboard menu', share: 'Name and sharing', all: 'Everyone', shared: 'Shared with everyone', copy: 'Duplicate as mine', clash: 'Somebody else saved this dashboard', mine: 'Overwrite with mine', remove: 'Remove tile', wider: 'Wider', text: 'Text', hidden: 'Not for you to see', wall: 'Full screen', end: 'End full screen', priority: 'Priority', reset: 'As it was', without: 'This tile cannot be filtered by', table: 'As a table', boards: 'Dashboards', pin: 'Pin to the side bar', retire: 'Put this dashboard away', name: 'Label', count: 'Count', own: 'Title' },
} as const;

const tiles = (page: Page): Locator => page.locator('.dtiles > .dtile');
const order = (page: Page): Promise<string[]> => tiles(page).evaluateAll(all => all.map(e => e.getAttribute('data-tile') ?? ''));
const tile = (page: Page, id: string): Locator => page.locator(`.dtile[data-tile="${id}"]`);
const board = (as: Api, label: string, of: object[], more: object = {}): Promise<Answer> => as.post('/dashboards', { label: { ko: label, en: label }, tiles: of, ...more });

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('from a template, composed by keys, pointer and menu, saved and shared', async ({ signedIn, api }) => {
      test.setTimeout(120_000);
      const name = unique('판');
      const page = await signedIn('agent', { lang });
      await page.goto('/my');
      await page.getByRole('link', { name: w.boards, exact: true }).click();
      await page.getByRole('button', { name: w.new }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(w.desk).click();
      await dialog.getByLabel(w.name).fill(name);
      await dialog.getByRole('button', { name: w.save, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
      await expect(tiles(page)).toHaveCount(9);
      const before = await order(page);
      // A note, seen before it is added.
      await page.getByRole('button', { name: w.add }).click();
      await dialog.getByRole('radio', { name: w.note }).click();
      await dialog.getByLabel(w.text, { exact: true }).fill('**함께** 지킨다\n- 하나\n- 둘 <script>');
      await expect(dialog.locator('.tnote li')).toHaveCount(2);
      await dialog.getByRole('button', { name: w.plus, exact: true }).click();
      await expect(tiles(page)).toHaveCount(10);
      const note = (await order(page)).at(-1) ?? '';
      await expect(tile(page, note).locator('strong')).toHaveText('함께');
      // By keys: to the left, up a row, wider; each step can be taken back.
      await tile(page, note).locator('.tilemove').focus();
      await page.keyboard.press('Control+ArrowLeft');
      await expect.poll(async () => (await order(page)).indexOf(note)).toBe(8);
      await page.keyboard.press('Control+ArrowUp');
      await expect.poll(async () => (await order(page)).indexOf(note)).toBeLessThan(8);
      await page.keyboard.press('Control+Shift+ArrowLeft');
      await expect(tile(page, note)).toHaveClass(/w1/);
      for (let i = 0; i < 3; i++) await page.getByRole('button', { name: w.undo, exact: true }).click();
      await expect.poll(async () => (await order(page)).indexOf(note)).toBe(9);
      // By pointer: the first onto the second.
      const head = (id: string): Locator => tile(page, id).locator('.dhead h2');
      await head(before[0] ?? '').hover();
      await page.mouse.down();
      await head(before[1] ?? '').hover();
      await page.mouse.move(10, 10, { steps: 2 });
      await head(before[1] ?? '').hover();
      await page.mouse.up();
      await expect.poll(async () => (await order(page)).slice(0, 2)).toEqual([before[1], before[0]]);
      // By menu: the last template tile goes.
      await tile(page, before[8] ?? '').getByRole('button').last().click();
      await page.getByRole('menuitem', { name: w.remove }).click();
      await expect(tiles(page)).toHaveCount(9);
      const after = await order(page);
      await page.getByRole('button', { name: w.save, exact: true }).click();
      await expect(page.getByRole('button', { name: w.edit, exact: true })).toBeVisible();
      await page.reload();
      await expect.poll(() => order(page)).toEqual(after);
      // Shared with everyone, a colleague reads it, may not change it, and makes it their own.
      await page.getByRole('button', { name: w.menu }).click();
      await page.getByRole('menuitem', { name: w.share }).click();
      await dialog.getByRole('radio', { name: w.all, exact: true }).check();
      await dialog.getByRole('button', { name: w.save, exact: true }).click();
      await expect(dialog).toHaveCount(0);
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      const seen = await api('resolver').send('GET', `/dashboards/${id}`);
      expect((seen['can'] as { fields: string[] }).fields).toEqual([]);
      expect(seen['audience']).toBe('shared');
      // Pinned, it stands in the side bar; put away, it is gone from the list and comes back.
      await page.getByRole('button', { name: w.menu }).click();
      await page.getByRole('menuitem', { name: w.pin }).click();
      await expect(page.locator('.side').getByRole('link', { name })).toBeVisible();
      await page.getByRole('button', { name: w.menu }).click();
      await page.getByRole('menuitem', { name: w.retire }).click();
      await expect(page).toHaveURL(/\/dashboards$/);
      await expect(page.locator('.boardcard').filter({ hasText: name })).toHaveCount(0);
      await page.getByRole('button', { name: w.undo }).click();
      await expect(page.locator('.boardcard').filter({ hasText: name })).toHaveCount(1);
    });

    test('numbers are those of the list, narrow together, and follow what happens', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const word = unique('셀것').replace(' ', '');
      for (const n of [1, 2, 3]) await incident(api('agent'), `${word} 인시던트 ${n}`, n === 1 ? { impact: 1, urgency: 1 } : { impact: 3, urgency: 3 });
      const filter = `title.contains('${word}')`;
      const b = await board(api('agent'), word, [
        { id: 'n', type: 'count', w: 1, h: 1, kind: 'incident', filter, look: 'number' },
        { id: 'k', type: 'kpi', w: 1, h: 1, kpi: 'incidents.created', filter },
        { id: 'g', type: 'count', w: 1, h: 2, kind: 'incident', filter, by: 'priority', look: 'donut' },
        { id: 's', type: 'series', w: 2, h: 2, kpi: 'incidents.created', filter, step: 'day', by: 'priority', look: 'bar' },
        { id: 'l', type: 'list', w: 2, h: 2, kind: 'incident', filter, columns: ['number', 'title', 'priority'], rows: 5 },
        { id: 'o', type: 'count', w: 1, h: 1, kind: 'service', look: 'number' },
      ], { common: { priority: [] } });
      const page = await signedIn('agent', { lang });
      await page.goto(`/dashboards/${b.id}`);
      await expect(tile(page, 'n').locator('.tilevalue')).toHaveText('3');
      await expect(tile(page, 'k').locator('.tilevalue')).toHaveText('3');
      await expect(tile(page, 'l').locator('tbody tr')).toHaveCount(3);
      await expect(tile(page, 'g').locator('svg path').first()).toBeAttached();
      await expect(tile(page, 's').locator('.chartbox svg')).toBeVisible();
      await tile(page, 's').getByRole('button', { name: w.table }).click();
      const cells = tile(page, 's').locator('.charttable tbody tr').last().locator('td');
      expect((await cells.allInnerTexts()).map(Number).reduce((a, x) => a + x, 0)).toBe(3);
      // What happens is seen without asking.
      await incident(api('agent'), `${word} 인시던트 4`, { impact: 3, urgency: 3 });
      await expect(tile(page, 'n').locator('.tilevalue')).toHaveText('4', { timeout: 20_000 });
      // Narrowed by one field, all that have it follow; the one that has not says so. The address keeps it.
      await page.locator('.narrowed').getByRole('button', { name: w.priority }).click();
      await page.getByRole('option', { name: /P1/ }).click();
      await expect(tile(page, 'n').locator('.tilevalue')).toHaveText('1');
      await expect(tile(page, 'l').locator('tbody tr')).toHaveCount(1);
      await expect(tile(page, 'o')).toContainText(w.without);
      await page.keyboard.press('Escape');
      await expect(page).toHaveURL(/narrow=priority/);
      await page.reload();
      await expect(tile(page, 'k').locator('.tilevalue')).toHaveText('1');
      await tile(page, 'n').locator('.tall').click();
      await expect(page).toHaveURL(/\/incidents\?/);
      await expect(page.locator('.phead [role=status]')).toHaveText(/1/);
      await page.goBack();
      await page.getByRole('button', { name: w.reset }).click();
      await expect(tile(page, 'n').locator('.tilevalue')).toHaveText('4');
      // On a wall nothing but the dashboard.
      await page.getByRole('button', { name: w.menu }).click();
      await page.getByRole('menuitem', { name: w.wall }).click();
      await expect(page.locator('.side')).toBeHidden();
      await page.getByRole('button', { name: w.end }).click();
      await expect(page.locator('.side')).toBeVisible();
    });

    test('what is not for the viewer says so, and nothing else suffers; the second to save is told', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const name = unique('가려진');
      const shared = await board(api('admin'), name, [
        { id: 'secret', type: 'count', w: 1, h: 1, kind: 'setting', look: 'number' },
        { id: 'inside', type: 'list', w: 1, h: 1, kind: 'setting', columns: ['name', 'value'], rows: 3 },
        { id: 'open', type: 'kpi', w: 1, h: 1, kpi: 'incidents.open' },
      ], { audience: 'shared' });
      const page = await signedIn('resolver', { lang });
      await page.goto(`/dashboards/${shared.id}`);
      await expect(tile(page, 'secret')).toContainText(w.hidden);
      await expect(tile(page, 'inside')).toContainText(w.hidden);
      await expect(tile(page, 'open').locator('.tilevalue')).toHaveText(/^[\d,]+$/);
      await expect(page.getByRole('button', { name: w.edit, exact: true })).toHaveCount(0);
      // A copy of one's own.
      await page.getByRole('button', { name: w.copy }).click();
      await page.getByRole('dialog').getByLabel(w.name).fill(`${name} 2`);
      await page.getByRole('dialog').getByRole('button', { name: w.save, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${name} 2`);
      await page.getByRole('button', { name: w.edit, exact: true }).click();
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      await api('resolver').send('PATCH', `/dashboards/${id}`, { period: '90d' });
      await tiles(page).last().getByRole('button').last().click();
      await page.getByRole('menuitem', { name: w.wider }).click();
      await page.getByRole('button', { name: w.save, exact: true }).click();
      await expect(page.getByRole('alert')).toContainText(w.clash);
      await page.getByRole('button', { name: w.mine }).click();
      await expect(page.getByRole('button', { name: w.edit, exact: true })).toBeVisible();
      const now = await api('resolver').send('GET', `/dashboards/${id}`);
      expect((now['tiles'] as { w: number }[]).at(-1)?.w).toBe(2);
      expect(now['period']).toBe('30d');
    });

    test('accessible', async ({ signedIn, api }) => {
      test.setTimeout(180_000);
      const theme = lang === 'ko' ? 'dark' : 'light';
      const made = await board(api('mim'), unique('접근성'), [
        { id: 'a', type: 'kpi', w: 1, h: 1, kpi: 'INC-02' },
        { id: 'b', type: 'count', w: 1, h: 2, kind: 'incident', by: 'state', look: 'donut' },
        { id: 'c', type: 'count', w: 1, h: 2, kind: 'incident', by: 'group', look: 'table' },
        { id: 'd', type: 'list', w: 2, h: 2, kind: 'incident', columns: ['number', 'title', 'state'], rows: 5 },
        { id: 'e', type: 'note', w: 1, h: 1, text: '# 제목\n[인시던트](/incidents)' },
      ], { common: { service: [] } });
      const page = await signedIn('mim', { lang, theme });
      await page.goto(`/dashboards/${made.id}`);
      await tile(page, 'b').locator('.chartbox svg').waitFor();
      await tile(page, 'd').locator('tbody tr').first().waitFor();
      await accessible(page, `dashboard ${theme}`);
      await page.getByRole('button', { name: w.edit, exact: true }).click();
      await accessible(page, `composing ${theme}`);
      await page.getByRole('button', { name: w.add }).click();
      await page.getByRole('dialog').getByRole('radio', { name: w.list }).click();
      await page.getByRole('dialog').locator('.trows tbody tr').first().waitFor();
      await accessible(page, `tile dialog ${theme}`);
      await page.keyboard.press('Escape');
      await page.goto('/dashboards');
      await page.locator('.boardcard').first().waitFor();
      await accessible(page, `dashboards ${theme}`);
    });
  });
}
