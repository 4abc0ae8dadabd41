// The calendar: the queue by a date, as a month and as an agenda. The browser stands in Asia/Seoul.
import type { Locator, Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { calendar: '캘린더', list: '목록', by: '날짜 기준', next: '다음 달', prev: '지난달', today: '오늘', agenda: '일정 목록', month: '2031년 3월', april: '2031년 4월', after: '2031년 5월', days: ['월', '일'], full: '2031년 3월 12일 수요일', more: '외 2건', moveto: '날짜 옮기기…', to: '옮길 날짜', go: '옮기기', derived: '정해지므로', refused: '옮기지 못했습니다', none: '기록이 없습니다', moved: '옮겼습니다' },
  en: { calendar: 'Calendar', list: 'List', by: 'Dates by', next: 'Next month', prev: 'Previous month', today: 'Today', agenda: 'Agenda', month: 'March 2031', april: 'April 2031', after: 'May 2031', days: ['Mon', 'Sun'], full: 'Wednesday, 12 March 2031', more: '+2 more', moveto: 'Move to…', to: 'New date', go: 'Move', derived: 'follows from other values', refused: 'could not be moved', none: 'No record has', moved: 'moved to' },
} as const;

const day = (page: Page, d: string): Locator => page.locator(`[data-day="${d}"]`);
const entry = (at: Page | Locator, number: string): Locator => at.locator('.calentry').filter({ hasText: number });
const path = (title: string, more = '&by=deadline&at=2031-03', kind = 'incidents'): string => `/${kind}?view=all&as=calendar&q=${encodeURIComponent(title.split(' ').at(-1) ?? '')}${more}`;
const at = (api: Api, title: string, deadline: string): Promise<Answer> => incident(api, title, { deadline });

const drag = async (page: Page, what: Locator, over: Locator): Promise<void> => {
  await what.hover();
  await page.mouse.down();
  const box = (await over.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 12, { steps: 6 });
  await expect(page.locator('.calghost')).toBeVisible();
  await expect(over).toHaveClass(/over/);
  await page.mouse.up();
};

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('from the list to the calendar; on the viewer’s day; moved by hand and refused', async ({ signedIn, api }) => {
      const title = unique('캘린더에서 옮길 인시던트');
      const as = api('agent');
      const i = await at(as, title, '2031-03-11T23:30:00Z'); // 8:30 on the 12th in Seoul
      const page = await signedIn('agent', { lang });
      await page.goto(path(title, '').replace('&as=calendar', ''));
      await page.getByRole('button', { name: w.calendar, exact: true }).click();
      await expect(page).toHaveURL(/as=calendar/);
      await expect(page.locator('.calbar')).toContainText(w.none); // now is not 2031
      await page.goto(path(title));
      await expect(page.locator('.calbar h2')).toHaveText(w.month);
      await expect(page.getByLabel(w.by)).toHaveValue('deadline');
      const heads = page.getByRole('columnheader');
      await expect(heads.first()).toContainText(w.days[0]);
      await expect(heads.last()).toContainText(w.days[1]);
      await expect(day(page, '2031-03-12')).toContainText(title);
      await expect(page.getByRole('gridcell', { name: w.full })).toContainText('08:30');
      await drag(page, entry(page, i.number), day(page, '2031-03-20'));
      await expect(entry(day(page, '2031-03-20'), i.number)).toBeVisible();
      await expect.poll(async () => Date.parse(String((await as.send('GET', `/incidents/${i.id}`))['deadline']))).toBe(Date.parse('2031-03-19T23:30:00Z')); // the hour stays
      await expect(page).toHaveURL(/as=calendar/); // the end of a drag is no click
      // What follows from other values stays, and says why on the try.
      const made = String((await as.send('GET', `/incidents/${i.id}`))['created_at']);
      await page.goto(path(title, '&by=created_at'));
      const here = new Date(Date.parse(made) + 9 * 3_600_000).toISOString().slice(0, 10);
      const other = `${here.slice(0, 8)}${here.endsWith('15') ? '16' : '15'}`;
      await drag(page, entry(day(page, here), i.number), day(page, other));
      await expect(page.getByRole('alert')).toContainText(w.derived);
      await expect(entry(day(page, here), i.number)).toBeVisible();
      // What the process refuses comes back with its reason: nothing is detected before its impact began.
      await as.send('PATCH', `/incidents/${i.id}`, { impact_start: '2026-03-09T01:00:00Z', detected_at: '2026-03-10T01:00:00Z' });
      await page.goto(path(title, '&by=impact_start&at=2026-03'));
      await drag(page, entry(day(page, '2026-03-09'), i.number), day(page, '2026-03-17'));
      await expect(page.getByRole('alert')).toContainText(w.refused);
      await expect(entry(day(page, '2026-03-09'), i.number)).toBeVisible();
      await page.getByRole('button', { name: w.list, exact: true }).click();
      await expect(page).not.toHaveURL(/as=|by=|at=/);
      await expect(page.getByRole('row').filter({ hasText: i.number })).toBeVisible();
    });

    test('by keyboard alone: days, months, what a day holds, another date', async ({ signedIn, api }) => {
      const title = unique('자판으로 볼 인시던트');
      const as = api('agent');
      const all: Answer[] = [];
      for (const h of ['01', '02', '03', '04', '05']) all.push(await at(as, title, `2031-03-12T${h}:00:00Z`));
      const alone = await at(as, title, '2031-04-01T05:00:00Z');
      const page = await signedIn('agent', { lang });
      await page.goto(path(title));
      await expect(page.locator('.calmore')).toHaveText(w.more);
      await page.locator('main').focus();
      await page.keyboard.press('j');
      await expect(day(page, '2031-03-01')).toBeFocused();
      for (const [key, to] of [['ArrowDown', '08'], ['ArrowRight', '09'], ['ArrowDown', '16'], ['Home', '10'], ['ArrowRight', '11'], ['ArrowRight', '12']] as const) {
        await page.keyboard.press(key);
        await expect(day(page, `2031-03-${to}`)).toBeFocused();
      }
      await expect(page.locator('[data-day][tabindex="0"]')).toHaveCount(1);
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByRole('listitem')).toHaveCount(5);
      const third = dialog.getByRole('listitem').filter({ hasText: all[2]?.number ?? '' });
      await third.getByRole('button', { name: w.moveto }).click();
      await third.getByLabel(w.to).fill('2031-03-13');
      await page.keyboard.press('Enter');
      await expect(dialog).toHaveCount(0);
      await expect(entry(day(page, '2031-03-13'), all[2]?.number ?? '')).toBeVisible();
      await expect(page.locator('.cal [role=status]')).toContainText(w.moved);
      await expect(day(page, '2031-03-12')).toBeFocused();
      await page.keyboard.press('PageDown');
      await expect(page.locator('.calbar h2')).toHaveText(w.april);
      await expect(day(page, '2031-04-12')).toBeFocused();
      await expect(page).toHaveURL(/at=2031-04/);
      await page.keyboard.press('PageDown');
      await expect(page.locator('.calbar h2')).toHaveText(w.after);
      await page.keyboard.press('PageUp');
      for (let n = 0; n < 11; n++) await page.keyboard.press('ArrowLeft');
      await expect(day(page, '2031-04-01')).toBeFocused();
      await expect(entry(day(page, '2031-04-01'), alone.number)).toBeVisible();
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(new RegExp(alone.number));
      await page.goto(path(title));
      await expect(page.locator('.calmore')).toBeVisible();
      await page.keyboard.press('t');
      await expect(page.locator('[data-day][aria-current=date]')).toBeFocused();
      await expect(page).not.toHaveURL(/at=/);
    });

    test('a bar over its days, the agenda, and nobody shut out', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const theme = lang === 'ko' ? 'light' : 'dark';
      const title = unique('긴 중단 long outage');
      const as = api('admin');
      const service = (await as.send<{ items: Answer[] }>('GET', '/services?limit=1')).items[0]?.id;
      const make = (started_at: string, restored_at?: string): Promise<Answer> => as.post('/outages', { summary: title, service, started_at, ...(restored_at ? { restored_at } : {}) });
      await make('2026-03-05T01:00:00Z', '2026-03-10T02:00:00Z');
      await make('2026-03-06T01:00:00Z', '2026-03-06T15:00:00Z'); // until midnight in Seoul
      const page = await signedIn('admin', { lang, theme });
      await page.goto(path(title, '&at=2026-03', 'outages'));
      const bars = page.locator('.calentry');
      await expect(bars).toHaveCount(3); // the long one goes over a weekend
      const of = async (n: number): Promise<[number, number]> => {
        const [b, c] = [await bars.nth(n).boundingBox(), await day(page, '2026-03-05').boundingBox()];
        return [Math.round((b?.width ?? 0) / (c?.width ?? 1)), Math.round(b?.y ?? 0)];
      };
      const [long, short] = [await of(0), await of(1)];
      expect([long[0], short[0]]).toEqual([4, 1]); // Thursday to Sunday, and Friday only
      expect(short[1]).toBeGreaterThan(long[1]);
      await accessible(page, `calendar ${theme}`);
      await page.getByRole('button', { name: w.agenda, exact: true }).click();
      await expect(page).toHaveURL(/as=agenda/);
      await expect(page.locator('.calagenda h3')).toHaveCount(2);
      await expect(page.locator('.calline')).toHaveCount(2);
      await accessible(page, `agenda ${theme}`);
      // Narrower than 800 pixels a month is always an agenda.
      await page.goto(path(title, '&at=2026-03', 'outages'));
      await page.setViewportSize({ width: 600, height: 900 });
      await expect(page.locator('.calline')).toHaveCount(2);
      await expect(page.getByRole('grid')).toHaveCount(0);
      await accessible(page, `narrow calendar ${theme}`, [600]);
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.getByRole('gridcell').filter({ has: page.locator('.calentry') }).first().getByRole('button').first().click();
      await expect(page.getByRole('dialog')).toContainText(title);
      await page.getByRole('dialog').getByRole('button', { name: w.moveto }).first().click();
      await accessible(page, `a day ${theme}`);
    });
  });
}

test('a bar goes with both its ends, by the day it is held at; what is not one’s own stays; the agenda moves too', async ({ signedIn, api }) => {
  const title = unique('옮길 중단');
  const as = api('admin');
  const service = (await as.send<{ items: Answer[] }>('GET', '/services?limit=1')).items[0]?.id;
  const o = await as.post('/outages', { summary: title, service, started_at: '2026-03-10T01:30:00Z', restored_at: '2026-03-12T02:00:00Z' });
  const times = async (): Promise<number[]> => {
    const r = await as.send('GET', `/outages/${o.id}`);
    return [Date.parse(String(r['started_at'])), Date.parse(String(r['restored_at']))];
  };
  const days = (a: string, b: string): number[] => [Date.parse(`2026-03-${a}T01:30:00Z`), Date.parse(`2026-03-${b}T02:00:00Z`)];
  const page = await signedIn('admin', { lang: 'en' });
  await page.goto(path(title, '&at=2026-03', 'outages'));
  await drag(page, entry(page, o.number), day(page, '2026-03-12')); // held in its middle, at the 11th
  await expect.poll(times).toEqual(days('11', '13'));
  await expect(entry(day(page, '2026-03-11'), o.number)).toBeVisible();
  await page.goto(path(title, '&at=2026-03', 'outages').replace('as=calendar', 'as=agenda'));
  await page.getByRole('button', { name: 'Move to…' }).click();
  await page.getByLabel('New date').fill('2026-03-20');
  await page.keyboard.press('Enter');
  await expect(page.locator('.calagenda h3')).toHaveText('Friday, 20 March 2026');
  await expect(page.locator('.calline a')).toBeFocused();
  await expect.poll(times).toEqual(days('20', '22'));
  await page.context().clearCookies();
  await signedIn('agent');
  await page.goto(path(title, '&at=2026-03', 'outages'));
  await drag(page, entry(page, o.number).first(), day(page, '2026-03-25'));
  await expect(page.getByRole('alert')).toContainText('not yours to do');
  await expect(entry(day(page, '2026-03-20'), o.number)).toBeVisible();
  expect(await times()).toEqual(days('20', '22'));
});

test('what changes elsewhere is drawn; a record moved elsewhere is not overwritten', async ({ signedIn, api }) => {
  const title = unique('같이 보는 캘린더');
  const as = api('agent');
  const i = await at(as, title, '2031-03-12T01:00:00Z');
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(path(title));
  await expect(entry(day(page, '2031-03-12'), i.number)).toBeVisible();
  await as.send('PATCH', `/incidents/${i.id}`, { deadline: '2031-03-18T01:00:00Z' });
  await expect(entry(day(page, '2031-03-18'), i.number)).toBeVisible();
  // Something else changes while it is in the hand: no obstacle. Its date does: told, and not overwritten.
  await page.route('**/api/v1/incidents/*', async route => {
    if (route.request().method() === 'PATCH') await as.send('PATCH', `/incidents/${i.id}`, { urgency: 3 });
    await route.fallback();
  }, { times: 2 });
  await drag(page, entry(page, i.number), day(page, '2031-03-19'));
  await expect.poll(async () => (await as.send('GET', `/incidents/${i.id}`))['deadline']).toMatch(/^2031-03-19T01:00/);
  await page.unrouteAll({ behavior: 'wait' });
  await expect(entry(day(page, '2031-03-19'), i.number)).toBeVisible();
  await page.route('**/api/v1/incidents/*', async route => {
    if (route.request().method() === 'PATCH') await as.send('PATCH', `/incidents/${i.id}`, { deadline: '2031-03-25T01:00:00Z' });
    await route.fallback();
  });
  await drag(page, entry(page, i.number), day(page, '2031-03-21'));
  await expect(page.getByRole('alert')).toContainText('그사이');
  await expect(entry(day(page, '2031-03-25'), i.number)).toBeVisible();
  expect((await as.send('GET', `/incidents/${i.id}`))['deadline']).toMatch(/^2031-03-25T01:00/);
});

test('more than one answer holds is said; a bad address and a bad filter do no harm', async ({ signedIn, api }) => {
  const page = await signedIn('agent', { lang: 'en' });
  await at(api('agent'), unique('잘린 캘린더'), '2031-06-12T01:00:00Z');
  await page.route(/\/api\/v1\/incidents\?.*limit=500/, async route => {
    const res = await route.fetch();
    await route.fulfill({ response: res, json: { ...((await res.json()) as object), total: 1234, next_cursor: 'more' } });
  });
  await page.goto('/incidents?view=all&filter=-&as=calendar&by=deadline&at=2031-06');
  await expect(page.locator('.notice')).toContainText(/\d of 1,234 are shown/);
  await page.unrouteAll({ behavior: 'wait' });
  await page.goto('/incidents?view=all&as=calendar&by=nonsense&at=2031-99');
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await expect(page.locator('[data-day][aria-current=date]')).toHaveCount(1);
  await page.goto(`/incidents?view=all&as=calendar&filter=${encodeURIComponent('nonsense ==')}`);
  await expect(page.locator('.filters .notice')).toBeVisible();
  await expect(page.getByRole('grid')).toHaveCount(0);
});
