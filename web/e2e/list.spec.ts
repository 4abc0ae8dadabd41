// The list, for people who live in it: in groups, edited in its cells, many at once and taken back,
// filtered in words, taken into a file, and as fast as it has to be.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { assigned, incident, unique, working } from './make';
import { accessible, expect, test } from './test';

const words = {
  ko: {
    group: '묶기', state: '상태', assignee: '담당자', none: '묶지 않음', new: '신규', assigned: '배정됨', saveAs: '새 보기로 저장', name: '표시 이름', save: '저장', label: '제목', urgency: '긴급도', high: '높음', again: '다시 고치기', discard: '버리기', mine: '내 값으로 저장',
    setField: '필드 바꾸기', field: '바꿀 필드', value: '새 값', location: '위치', undo: '되돌리기', since: '그사이 바뀌어서 그대로 두었습니다', actions: '처리', accept: '수락', selectAll: /불러온 .*모두 선택/, all: '조건에 맞는 3건 모두 선택', selected: '3건 선택',
    export: '내보내기', xlsx: 'XLSX', csv: 'CSV', expression: '조건식', apply: '적용', noAssignee: '담당자 없음', link: '이 목록의 링크 복사', assign: '담당 정하기', number: '번호', hold: '보류', holdReason: '보류 사유', awaiting: '공급자 대기', resume: '되돌아가기', more: /더 적기/,
  },
  en: {
    group: 'Group by', state: 'State', assignee: 'Assignee', none: 'No groups', new: 'New', assigned: 'Assigned', saveAs: 'Save as a new view', name: 'Label', save: 'Save', label: 'Title', urgency: 'Urgency', high: 'High', again: 'Edit again', discard: 'Discard', mine: 'Save mine',
    setField: 'Set a field', field: 'Field', value: 'New value', location: 'Location', undo: 'Undo', since: 'Changed since, so it was left as it is', actions: 'Actions', accept: 'Accept', selectAll: /Select all .* loaded/, all: 'Select all 3 that match', selected: '3 selected',
    export: 'Export', xlsx: 'XLSX', csv: 'CSV', expression: 'Expression', apply: 'Apply', noAssignee: 'No Assignee', link: 'Copy a link to this list', assign: 'Assign to…', number: 'Number', hold: 'Put on hold', holdReason: 'Hold reason', awaiting: 'Awaiting supplier', resume: 'Go back', more: /Add more/,
  },
} as const;

const address = (tag: string, more = ''): string => `/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}${more}`;
const rows = (page: Page) => page.locator('.gbody-row[data-id]');
const heads = (page: Page) => page.locator('.ghdr');
const cell = (page: Page, title: string, field: string) => rows(page).filter({ hasText: title }).locator(`[data-f="${field}"]`);
// hangul presses the key that sits where a letter does, as a Korean layout reports it.
const hangul = async (page: Page, code: string, key: string): Promise<void> => {
  const cdp = await page.context().newCDPSession(page);
  for (const type of ['keyDown', 'keyUp'] as const) await cdp.send('Input.dispatchKeyEvent', { type, code, key, windowsVirtualKeyCode: code.charCodeAt(3) });
  await cdp.detach();
};
const read = (as: Api, id: string): Promise<Answer> => as.send('GET', `/incidents/${id}`);

for (const lang of ['ko', 'en'] as const) {
  const w = words[lang];
  test.describe(lang, () => {
    test('in groups: counted, folded by key and for good, kept in a view and in a file', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const as = api('agent');
      const tag = unique('묶음').replace(' ', '');
      for (const n of [1, 2]) await incident(as, `${tag} 새 ${n}`);
      await assigned(as, `${tag} 배정`);
      const mine = await working(as, `${tag} 작업`);
      const page = await signedIn('agent', { lang });
      await page.goto(address(tag));
      await expect(rows(page)).toHaveCount(4);
      await page.getByRole('button', { name: w.group, exact: true }).click();
      await page.getByRole('menuitemradio', { name: w.state, exact: true }).click();
      await expect(page).toHaveURL(/group=state/);
      await expect(heads(page)).toHaveCount(3);
      await expect(heads(page).nth(0)).toContainText(w.new);
      await expect(heads(page).nth(0).locator('.n')).toHaveText('2');
      await expect(heads(page).nth(0).locator('.state')).toHaveCount(1); // the state's own mark
      await expect(heads(page).nth(1)).toContainText(w.assigned);
      await expect(rows(page)).toHaveCount(4);
      // The head is a line like any other: ← folds, → opens, Enter turns.
      await page.getByRole('treegrid').focus();
      await expect(heads(page).nth(0)).toHaveClass(/cur/);
      await page.keyboard.press('ArrowLeft');
      await expect(rows(page)).toHaveCount(2);
      await expect(heads(page).nth(0)).toHaveAttribute('aria-expanded', 'false');
      await page.reload();
      await expect(rows(page)).toHaveCount(2); // it stays folded
      await page.getByRole('treegrid').focus();
      await page.keyboard.press('Enter');
      await expect(rows(page)).toHaveCount(4);
      await page.keyboard.press('ArrowDown');
      await expect(rows(page).first()).toHaveClass(/cur/);
      // By a reference, named, those without one last.
      await page.getByRole('button', { name: w.group }).click();
      await page.getByRole('menuitemradio', { name: w.assignee, exact: true }).click();
      await expect(heads(page)).toHaveCount(2);
      await expect(heads(page).first()).toContainText('김서연');
      await expect(heads(page).last()).toContainText(w.noAssignee);
      await expect(rows(page).first()).toContainText(mine.number);
      // A file in groups has the group first.
      await page.getByRole('button', { name: w.export, exact: true }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: w.csv }).click()]);
      const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
      expect(lines[0]?.replace('\ufeff', '').split(',')[0]).toBe(w.assignee);
      expect(lines[1]?.startsWith('김서연,')).toBe(true);
      expect(lines).toHaveLength(5);
      // It is part of a view.
      await page.getByRole('button', { name: w.saveAs }).click();
      await page.getByRole('dialog').locator('input[name=name]').fill(tag);
      await page.getByRole('dialog').getByRole('button', { name: w.save, exact: true }).click();
      await expect(page).toHaveURL(/view=[0-9a-f-]{36}$/);
      await expect(heads(page)).toHaveCount(2);
      await expect(page.locator('.saveview')).toHaveCount(0);
      await page.getByRole('button', { name: w.group }).click();
      await page.getByRole('menuitemradio', { name: w.none }).click();
      await expect(heads(page)).toHaveCount(0);
      await expect(rows(page)).toHaveCount(4);
      await expect(page.locator('.saveview')).toBeVisible();
    });

    test('cells: walked to, edited, saved; refused and clashing with the reason beside them', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const as = api('agent');
      const tag = unique('칸').replace(' ', '');
      const i = await working(as, `${tag} 하나`);
      const page = await signedIn('agent', { lang });
      await page.goto(address(tag, '&columns=number,title,urgency,location,state'));
      await expect(rows(page)).toHaveCount(1);
      await page.getByRole('grid').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect(cell(page, i.number, 'title')).toHaveClass(/\bat\b/);
      await hangul(page, 'KeyE', 'ㄷ'); // the key where E is, with a Korean layout on
      const box = page.locator('.celledit input');
      await expect(box).toBeFocused();
      await box.fill('버려질 제목');
      await box.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true }); // ends a syllable, not the edit
      await expect(box).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.locator('.celledit')).toHaveCount(0);
      await expect(page.getByRole('grid')).toBeFocused();
      expect((await read(as, i.id))['title']).toBe(`${tag} 하나`);
      // Tab saves and goes on to the next cell that may be edited.
      await page.keyboard.press('e');
      await box.fill(`${tag} 둘`);
      await page.keyboard.press('Tab');
      await expect.poll(async () => (await read(as, i.id))['title']).toBe(`${tag} 둘`);
      await page.getByRole('option', { name: w.high }).click(); // urgency: choosing is saving
      await expect(cell(page, i.number, 'urgency')).toContainText(w.high);
      await expect.poll(async () => (await read(as, i.id))['urgency']).toBe(1);
      // By the pen that hovering shows, and by a double click.
      await expect(async () => { // what others do meanwhile draws the list anew, and the pen goes with its row
        await cell(page, i.number, 'location').hover();
        await page.locator('.cellpen').click({ timeout: 1500 });
      }).toPass();
      await box.fill('판교 7층');
      await page.keyboard.press('Enter');
      await expect(cell(page, i.number, 'location')).toHaveText('판교 7층');
      await expect.poll(async () => (await read(as, i.id))['location']).toBe('판교 7층');
      // What may not be edited says so and opens nothing.
      await cell(page, i.number, 'state').dblclick();
      await expect(page.locator('.toast.bad')).toContainText(w.state);
      await expect(page.locator('.celledit')).toHaveCount(0);
      // A refusal: the old value comes back, the reason stands beside the cell, nothing is lost.
      await cell(page, i.number, 'title').dblclick({ position: { x: 200, y: 4 } });
      await box.fill('x');
      await page.keyboard.press('Enter');
      const trouble = page.locator('.celltrouble');
      await expect(trouble).toBeVisible();
      await expect(cell(page, i.number, 'title')).toHaveText(`${tag} 둘`);
      await trouble.getByRole('button', { name: w.again }).click();
      await expect(box).toHaveValue('x');
      await page.keyboard.press('Escape');
      // Somebody else changes the same field meanwhile.
      await page.getByRole('grid').focus();
      await page.keyboard.press('F2');
      await expect(box).toBeFocused();
      await box.fill(`${tag} 내 것`);
      await as.send('PATCH', `/incidents/${i.id}`, { title: `${tag} 남의 것` });
      await page.keyboard.press('Enter');
      await expect(trouble).toContainText(`${tag} 남의 것`);
      expect((await read(as, i.id))['title']).toBe(`${tag} 남의 것`);
      await trouble.getByRole('button', { name: w.mine }).click();
      await expect.poll(async () => (await read(as, i.id))['title']).toBe(`${tag} 내 것`);
      await expect(trouble).toHaveCount(0);
    });

    test('many at once, and taken back where that is honest', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const as = api('agent');
      const tag = unique('여럿').replace(' ', '');
      const all: Answer[] = [];
      for (const n of ['하나', '둘', '셋']) all.push(await working(as, `${tag} ${n}`));
      const page = await signedIn('agent', { lang });
      await page.goto(address(tag));
      await expect(rows(page)).toHaveCount(3);
      await rows(page).first().getByRole('checkbox').check();
      await page.getByRole('button', { name: w.all }).click();
      await expect(page.locator('.bulk strong')).toHaveText(w.selected);
      await page.locator('.bulk').getByRole('button', { name: w.setField }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(w.field, { exact: true }).selectOption({ label: w.location });
      await dialog.getByLabel(w.value).fill('부산');
      await dialog.locator('button[type=submit]').click();
      await expect.poll(async () => (await Promise.all(all.map(i => read(as, i.id)))).map(r => r['location'])).toEqual(['부산', '부산', '부산']);
      // One of them is changed by somebody else before it is taken back: that one is left, and said.
      await as.send('PATCH', `/incidents/${all[1]?.id}`, { location: '대구' });
      await page.locator('.toast').getByRole('button', { name: w.undo }).click();
      await expect(dialog.locator('tbody tr')).toHaveCount(1);
      await expect(dialog.locator('tbody tr')).toContainText(all[1]?.number ?? '-');
      await expect(dialog.locator('tbody tr')).toContainText(w.since);
      expect((await Promise.all(all.map(i => read(as, i.id)))).map(r => r['location'])).toEqual([null, '대구', null]);
      await dialog.getByRole('button').last().click();
      // Members of the group that all of them share, and nobody else.
      await rows(page).first().getByRole('checkbox').check();
      await page.locator('.bulk').getByRole('button', { name: w.assign }).click();
      await dialog.getByRole('button', { name: new RegExp(`^${w.assignee}`) }).click();
      await expect(page.getByRole('option')).toHaveCount(3);
      await page.getByRole('option', { name: /이도윤/ }).click();
      await dialog.locator('button[type=submit]').click();
      await expect(dialog).toHaveCount(0);
      const resolver = (await read(as, all[0]?.id ?? ''))['assignee'];
      await page.locator('.toast').getByRole('button', { name: w.undo }).last().click();
      await expect.poll(async () => (await read(as, all[0]?.id ?? ''))['assignee']).not.toBe(resolver);
      // A move is followed by the one that leads back, by its name; where there is none nothing is offered.
      await page.locator('.toast').getByRole('button').last().click();
      await rows(page).nth(0).getByRole('checkbox').check();
      await page.locator('.bulk').getByRole('button', { name: w.actions }).click();
      await page.getByRole('menuitem', { name: w.hold, exact: true }).click();
      await dialog.getByRole('button', { name: new RegExp(`^${w.holdReason}`) }).click();
      await page.getByRole('option', { name: w.awaiting }).click();
      await dialog.getByRole('button', { name: w.more }).click();
      await dialog.locator('input[type=datetime-local]').fill('2099-01-01T09:00');
      await dialog.locator('button[type=submit]').click();
      await expect.poll(async () => (await read(as, all[0]?.id ?? ''))['state']).toBe('on_hold');
      await page.locator('.toast').getByRole('button', { name: w.resume }).click();
      await expect.poll(async () => (await read(as, all[0]?.id ?? ''))['state']).toBe('in_progress');
      await expect(page.locator('.bulk')).toHaveCount(0);
      const taken = await assigned(as, `${tag} 넷`); // nothing leads back from being accepted without more words
      await page.goto(`/incidents?view=all&filter=${encodeURIComponent(`number == '${taken.number}'`)}`);
      await rows(page).first().getByRole('checkbox').check();
      await page.locator('.bulk').getByRole('button', { name: w.actions }).click();
      await page.getByRole('menuitem', { name: w.accept, exact: true }).click();
      await expect(page.locator('.toast')).toHaveCount(1);
      await expect(page.locator('.toast').getByRole('button')).toHaveCount(1); // to close it
    });

    test('the filter in words: completed, also by initial consonants, and its error underlined', async ({ signedIn, api }) => {
      const tag = unique('식').replace(' ', '');
      await incident(api('agent'), `${tag} 하나`);
      await assigned(api('agent'), `${tag} 둘`);
      const page = await signedIn('agent', { lang });
      await page.goto(address(tag));
      await expect(rows(page)).toHaveCount(2);
      await page.getByRole('button', { name: w.expression }).click();
      const box = page.locator('.celform input');
      await expect(box).toBeFocused();
      await box.press('End');
      await box.pressSequentially(' && ');
      await box.pressSequentially(lang === 'ko' ? 'ㅅㅌ' : 'Sta');
      await expect(page.getByRole('option').first()).toContainText('state');
      // Enter while a syllable is composed belongs to the syllable.
      await box.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true });
      await expect(box).toHaveValue(new RegExp(`${lang === 'ko' ? 'ㅅㅌ' : 'Sta'}$`));
      await box.press('Enter');
      await expect(box).toHaveValue(/&& state $/);
      await box.press('ArrowDown');
      await box.press('Enter');
      await expect(box).toHaveValue(/&& state == $/);
      await box.pressSequentially(lang === 'ko' ? '배정' : 'Assi');
      await expect(page.getByRole('option').first()).toContainText("'assigned'");
      await box.press('Tab');
      await expect(box).toHaveValue(/&& state == 'assigned'$/);
      await box.press('Enter');
      await expect(rows(page)).toHaveCount(1);
      await box.fill(`stat == 'new' && title.contains('${tag}')`);
      await box.press('Enter');
      await expect(page.getByRole('alert').locator('mark')).toHaveText('stat');
      await expect(page.locator('.celmirror u')).toHaveText('stat');
      await box.fill('assignee == 김서');
      await expect(page.getByRole('option').filter({ hasText: '김서연' })).toBeVisible();
      await box.press('Tab');
      await expect(box).toHaveValue(/^assignee == '[0-9a-f-]{36}'$/);
    });

    test('columns moved, made wider and sorted by several, a link for somebody else, a spreadsheet', async ({ signedIn, api }) => {
      const tag = unique('열').replace(' ', '');
      for (const n of [1, 2]) await incident(api('agent'), `${tag} ${n}`);
      const page = await signedIn('agent', { lang });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.goto(address(tag));
      await expect(rows(page)).toHaveCount(2);
      const columns = (): Promise<(string | null)[]> => page.locator('[data-col]').evaluateAll(all => all.map(x => x.getAttribute('data-col')));
      const head = page.locator('[data-col=number]');
      expect((await columns())[0]).toBe('number');
      await head.getByRole('button').focus();
      await page.keyboard.press('Alt+ArrowRight');
      expect((await columns()).slice(0, 2)).toEqual(['title', 'number']);
      const wide = async (): Promise<number> => Math.round((await head.boundingBox())?.width ?? 0);
      const before = await wide();
      await page.keyboard.press('Alt+Shift+ArrowRight');
      expect(await wide()).toBe(before + 16);
      const grip = await head.locator('.grip').boundingBox();
      await page.mouse.move((grip?.x ?? 0) + 4, (grip?.y ?? 0) + 5);
      await page.mouse.down();
      await page.mouse.move((grip?.x ?? 0) + 44, (grip?.y ?? 0) + 5, { steps: 4 });
      await page.mouse.up();
      expect(await wide()).toBe(before + 56);
      // Dragged by its head to the front.
      const [from, to] = [await head.getByRole('button').boundingBox(), await page.locator('[data-col=title]').boundingBox()];
      await page.mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5);
      await page.mouse.down();
      await page.mouse.move((to?.x ?? 0) + 3, (to?.y ?? 0) + 5, { steps: 5 });
      await page.mouse.up();
      expect((await columns()).slice(0, 2)).toEqual(['number', 'title']);
      await expect(page).toHaveURL(/order=number/); // dragging is not sorting
      await page.reload();
      await expect(rows(page)).toHaveCount(2);
      expect(await wide()).toBe(before + 56);
      await page.locator('[data-col=state] button').click({ modifiers: ['Shift'] });
      await expect(page).toHaveURL(/order=number%2Cstate/);
      await expect(page.locator('[data-col=state] small')).toContainText('2');
      await page.getByRole('button', { name: w.link }).click();
      const link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toContain('/incidents?view=all&filter=');
      const other = await page.context().newPage();
      await other.goto(link);
      await expect(rows(other)).toHaveCount(2);
      await other.close();
      await page.getByRole('button', { name: w.export, exact: true }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: w.xlsx }).click()]);
      expect(file.suggestedFilename()).toBe('incidents.xlsx');
      expect(readFileSync(await file.path()).subarray(0, 2).toString()).toBe('PK');
    });
  });
}

test('the keys of a list leave other keys alone, and it is accessible in groups and while edited', async ({ signedIn, api }) => {
  test.setTimeout(120_000);
  const tag = unique('접근').replace(' ', '');
  await assigned(api('agent'), `${tag} 하나`);
  await incident(api('agent'), `${tag} 둘`);
  const page = await signedIn('agent', { lang: 'en', theme: 'dark' });
  await page.goto(address(tag, '&group=state'));
  await expect(heads(page)).toHaveCount(2);
  await accessible(page, 'a list in groups');
  await page.goto(address(tag));
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('e');
  await expect(page.locator('.toast.bad')).toBeVisible(); // a number is nobody's to write
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('e');
  await expect(page.locator('.celledit input')).toBeFocused();
  await accessible(page, 'a cell that is edited', [1440]);
  await page.locator('.celledit input').fill('x');
  await page.keyboard.press('Enter');
  await expect(page.locator('.celltrouble')).toBeVisible();
  await accessible(page, 'a cell that could not be saved', [1440]);
  await page.locator('.celltrouble').getByRole('button').last().click();
  await page.getByRole('button', { name: 'Expression' }).click();
  await page.locator('.celform input').press('End');
  await page.locator('.celform input').pressSequentially(' && st');
  await expect(page.getByRole('option').first()).toBeVisible();
  await accessible(page, 'a filter that is completed', [1440]);
});

// Budgets of ui.md. What the server does with a million records bench/ measures; here it is only made
// up, so that what is measured is the browser's part alone.
const MILLION = 1_000_000;

const synthetic = async (page: Page): Promise<void> => {
  const me = '01900000-0000-7000-8000-000000000001';
  const row = (n: number): object => ({ id: `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`, version: 1, number: `INC${String(n).padStart(7, '0')}`, title: `결제 게이트웨이 타임아웃으로 주문 실패 ${n}`, state: ['new', 'assigned', 'in_progress', 'on_hold'][n % 4], priority: 1 + (n % 5), assignee: me, group: me, service: me, updated_at: new Date(1_790_000_000_000 - n * 60_000).toISOString() });
  await page.route(/\/api\/v1\/incidents\?/, async route => {
    const q = new URL(route.request().url()).searchParams;
    if (!q.get('expand')) return route.fulfill({ json: { items: [], next_cursor: null } });
    const at = Number(q.get('cursor') || '0');
    const back = !(q.get('order') ?? '').startsWith('-');
    const size = Number(q.get('limit'));
    const items = Array.from({ length: Math.max(0, Math.min(size, MILLION - at)) }, (_, i) => row(back ? MILLION - 1 - at - i : at + i));
    return route.fulfill({ json: { items, next_cursor: at + size < MILLION ? String(at + size) : null, total: MILLION, refs: { [me]: { kind: 'user', title: '김서연' } } } });
  });
};

test('a list is painted within 400 ms', async ({ signedIn }) => {
  const page = await signedIn('agent', { lang: 'ko' });
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('.gbody-row')) return;
      seen.disconnect();
      requestAnimationFrame(() => performance.mark('rows'));
    });
    seen.observe(document, { childList: true, subtree: true });
  });
  const paints: number[] = [];
  const filled: number[] = [];
  for (let i = 0; i < 6; i++) {
    await page.goto('/incidents?view=all');
    await expect(rows(page).first()).toBeVisible();
    const [fcp, shown] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity, performance.getEntriesByName('rows')[0]?.startTime ?? Infinity] as const);
    if (i === 0) continue; // the first warms the server and the cache
    paints.push(fcp);
    filled.push(shown);
  }
  const middle = (l: number[]): number => Math.round(l.toSorted((a, b) => a - b)[Math.floor(l.length / 2)] ?? Infinity);
  console.log(`list: first contentful paint ${middle(paints)} ms, rows ${middle(filled)} ms (median of ${paints.length}, warm)`);
  expect(middle(paints)).toBeLessThanOrEqual(400);
});

test('a million rows scroll with at most 25 ms of script in a frame', async ({ signedIn }) => {
  test.setTimeout(240_000);
  const page = await signedIn('agent', { lang: 'ko' });
  await synthetic(page);
  await page.goto('/incidents?view=all');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(MILLION + 1));
  await expect(page.locator('.phead [role=status]')).toHaveText('1,000,000건');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' }); // the page's own time: what else this machine does is not counted
  const script = async (): Promise<number> => (await cdp.send('Performance.getMetrics')).metrics.find(m => m.name === 'ScriptDuration')?.value ?? 0;
  await page.mouse.move(700, 500);
  const frames: number[] = [];
  let most = 0;
  for (let i = 0; i < 100; i++) {
    const before = await script();
    await page.mouse.wheel(0, 1000);
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))); // one frame at least: what is measured is never less than a frame's
    frames.push(((await script()) - before) * 1000);
    if (i % 10 === 0) most = Math.max(most, await page.locator('.gbody-row').count());
  }
  const read = await page.evaluate(() => Number(document.querySelector('.gbody-row:last-child')?.getAttribute('aria-rowindex') ?? 0));
  frames.sort((a, b) => a - b);
  const p95 = frames[Math.floor(frames.length * 0.95)] ?? Infinity;
  console.log(`list: scrolled to row ${read} of ${MILLION}, script in a frame p50 ${frames[50]?.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, most ${frames.at(-1)?.toFixed(1)} ms; at most ${most} rows drawn`);
  expect(read).toBeGreaterThan(2500);
  expect(most).toBeLessThanOrEqual(80);
  expect(p95).toBeLessThanOrEqual(25);
  // The ends of the whole list, not of what happens to be read.
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  await expect(page.locator('.gbody-row.cur')).toContainText('INC0999999');
  await expect(page.locator('.gbody-row.cur')).toBeInViewport();
  await page.keyboard.press('PageUp');
  await page.keyboard.press('PageUp');
  await expect(page.locator('.gbody-row.cur')).toBeInViewport();
  for (let i = 0; i < 12; i++) await page.keyboard.press('PageUp'); // beyond the first window, upwards
  await expect(page.locator('.gbody-row.cur')).toContainText(/INC09996\d\d|INC09997\d\d/);
  await page.keyboard.press('Home');
  await expect(page.locator('.gbody-row.cur')).toContainText('INC0000000');
  await expect(page.locator('.gbody-row.cur')).toBeInViewport();
  expect(await page.locator('.gbody-row').count()).toBeLessThanOrEqual(80);
});
