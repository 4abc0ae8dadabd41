// What a new kind costs: the declaration in internal/itil/book/trial, its words, and nothing in
// the console. A build with the tag testbook has it; these tests drive that build.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { enter, open, type House } from './house';
import { unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: {
    stage: '시험', kinds: '표본', fresh: '새 표본', submit: '등록', edit: '고치기', grade: '등급', unique: '유일함', colour: '색', blue: '파랑',
    examine: '조사', examined: '조사함', keep: '보존하기', verdict: '판정', weigh: '보존하기 전에 무게를 재세요.', count: '발견한 표본', waiting: '대기', cash: '₩15,000', day: '2026년 3월 2일', span: '2시간 30분', yes: '예',
    title: '제목', remarks: '비고', pieces: '조각 수', weight: '무게', purity: '순도', price: '값', drying: '건조 시간', foundAt: '발견 시각', foundOn: '발견일', fragile: '깨지기 쉬움', nicknames: '별명', readings: '측정값', hiding: '보관 위치',
  },
  en: {
    stage: 'Trial', kinds: 'Specimens', fresh: 'New Specimen', submit: 'Create', edit: 'Edit', grade: 'Grade', unique: 'Unique', colour: 'Colour', blue: 'Blue',
    examine: 'Examine', examined: 'Examined', keep: 'Keep', verdict: 'Verdict', weigh: 'Weigh it before it is kept.', count: 'Specimens found', waiting: 'Waiting', cash: '₩15,000', day: '2 Mar 2026', span: '2h 30m', yes: 'Yes',
    title: 'Title', remarks: 'Remarks', pieces: 'Pieces', weight: 'Weight', purity: 'Purity', price: 'Price', drying: 'Drying time', foundAt: 'Found at', foundOn: 'Found on', fragile: 'Fragile', nicknames: 'Nicknames', readings: 'Readings', hiding: 'Hiding place',
  },
} as const;

const fact = (page: Page, name: string): Locator => page.locator('dl.facts > div').filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}`) }) });

test.describe.configure({ mode: 'serial' }); // one server for the file
let house: House;
let leave: () => void;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  house = await open('testbook');
  leave = enter(house);
});
test.afterAll(async () => {
  leave();
  await house.end();
});

test('the console knows nothing of it', () => {
  const src = join(import.meta.dirname, '../src');
  for (const n of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(n => /\.(tsx?|css)$/.test(n))) expect(readFileSync(join(src, n), 'utf8'), n).not.toMatch(/specimen|표본/i);
});

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test(`${lang}: found in its stage, made with a field of every type, listed, filtered, moved, counted`, async ({ signedIn, api }) => {
    test.setTimeout(60_000);
    const page = await signedIn('agent', { lang, theme: lang === 'ko' ? 'light' : 'dark' });
    await page.goto('/my');
    await page.locator('.side').getByRole('button', { name: w.stage }).click();
    await page.getByRole('menuitem', { name: w.kinds }).or(page.getByRole('link', { name: w.kinds })).first().click();
    await expect(page).toHaveURL(/\/specimens/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.kinds);
    await expect(page.getByRole('tab', { name: w.waiting }).or(page.getByRole('link', { name: w.waiting })).first()).toBeVisible();
    // The form has every field of the declaration that may be given, by its words.
    const title = unique('이암 화석 fossil');
    await page.goto('/specimens/new');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.fresh);
    for (const fold of await page.locator('.foldhead[aria-expanded=false]').all()) await fold.click();
    await page.getByLabel(w.title, { exact: false }).first().fill(title);
    await page.getByLabel(w.remarks).fill('**단면**이 깨끗함');
    await page.getByLabel(w.pieces).fill('12');
    await page.getByLabel(w.weight).fill('1.25');
    await page.getByLabel(w.purity).fill('99.5');
    await page.getByRole('textbox', { name: new RegExp(`^${w.price}`) }).first().fill('15000');
    await page.getByLabel(w.drying).fill('2h 30m');
    await page.getByLabel(w.foundOn).fill('2026-03-02');
    await page.getByLabel(w.foundAt).fill('2026-03-02T09:30');
    await page.getByLabel(w.fragile).check();
    await page.getByLabel(w.nicknames).fill('돌이, Rocky');
    await page.getByLabel(w.readings).fill('{"ph": 7}');
    await page.getByLabel(w.hiding).fill('서랍 3');
    await page.getByRole('button', { name: new RegExp(`^${w.colour}`) }).click();
    await page.getByRole('option', { name: w.blue, exact: true }).click();
    await accessible(page, 'form of a new kind');
    await page.getByRole('button', { name: w.submit, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page).toHaveURL(/\/specimens\/SPC\d+/);
    const number = /SPC\d+/.exec(page.url())?.[0] ?? '';
    for (const [name, value] of [[w.pieces, '12'], [w.weight, '1.25'], [w.purity, '99.5'], [w.price, w.cash], [w.drying, w.span], [w.foundOn, w.day], [w.fragile, w.yes], [w.nicknames, 'Rocky'], [w.hiding, '서랍 3'], [w.colour, w.blue], [w.readings, '7']] as const)
      await expect(fact(page, name), name).toContainText(value);
    await expect(page.locator('strong', { hasText: '단면' })).toBeVisible();
    // Click to edit, and a move whose guard explains itself.
    await fact(page, w.grade).hover();
    await fact(page, w.grade).getByRole('button', { name: new RegExp(w.edit) }).click();
    await page.getByRole('option', { name: w.unique, exact: true }).click();
    await expect(fact(page, w.grade)).toContainText(w.unique);
    await fact(page, w.weight).hover();
    await fact(page, w.weight).getByRole('button', { name: new RegExp(w.edit) }).click();
    await page.getByLabel(w.weight).fill('');
    await page.keyboard.press('Enter');
    await expect(fact(page, w.weight)).not.toContainText('1.25');
    await page.getByRole('button', { name: w.examine, exact: true }).click();
    const dialog = page.getByRole('dialog');
    if (await dialog.isVisible().catch(() => false)) await dialog.getByRole('button', { name: w.examine, exact: true }).click();
    await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.examined);
    await page.getByRole('button', { name: w.keep, exact: true }).click();
    await dialog.getByLabel(w.verdict).fill('백악기 이암. 보존 가치가 높음.');
    await dialog.getByRole('button', { name: w.keep, exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText(w.weigh);
    await page.keyboard.press('Escape');
    await accessible(page, 'record of a new kind');
    // The list: its own columns, a filter over a choice, and the row.
    await page.goto(`/specimens?view=all&filter=${encodeURIComponent(`grade == 3 && number == '${number}'`)}`);
    const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') });
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText(w.unique);
    await expect(rows.first()).toContainText(w.cash);
    await expect(page.locator('.filters')).toContainText(w.grade);
    await accessible(page, 'list of a new kind');
    // The board, by the state and by a choice.
    await page.goto(`/specimens?view=all&as=board&filter=${encodeURIComponent(`number == '${number}'`)}`);
    await expect(page.locator('.boardcol').filter({ has: page.getByRole('heading', { name: new RegExp(`^${w.examined}`) }) }).locator('.card')).toContainText(title);
    await page.goto(`/specimens?view=all&as=board&by=grade&filter=${encodeURIComponent(`number == '${number}'`)}`);
    await expect(page.locator('.boardcol').filter({ has: page.getByRole('heading', { name: new RegExp(`^${w.unique}`) }) }).locator('.card')).toContainText(title);
    await accessible(page, 'board of a new kind');
    // The calendar, by the day and by the moment of its declaration.
    for (const by of ['found_on', 'found_at']) {
      await page.goto(`/specimens?view=all&as=calendar&by=${by}&at=2026-03&filter=${encodeURIComponent(`number == '${number}'`)}`);
      await expect(page.locator('[data-day="2026-03-02"] .calentry'), by).toContainText(title);
    }
    // The figures of its process, and the way to it from anywhere.
    await page.goto('/figures/trial');
    await expect(page.locator('.tile').filter({ has: page.getByRole('button', { name: w.count, exact: true }) }).locator('.tilevalue')).toHaveText(/[1-9]/);
    await page.keyboard.press('Control+k');
    await page.keyboard.type(number);
    await page.getByRole('option', { name: new RegExp(number) }).first().click();
    await expect(page).toHaveURL(new RegExp(`/specimens/${number}`));
    // Everything declared has words in both languages.
    const book = await api('agent').send<{ kinds: { name: string; fields: { name: string; label: Record<string, string> }[] }[] }>('GET', '/book');
    for (const f of book.kinds.find(k => k.name === 'specimen')?.fields ?? []) for (const l of ['ko', 'en']) expect(f.label[l], `${f.name} ${l}`).not.toMatch(/^$|^(specimen|field)\./);
  });
}
