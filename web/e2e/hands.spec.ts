// The ten places of a day without a mouse: Tab, arrows, Enter, Escape, Space and the keys of the sheet (?),
// nothing else. A page that feels a pointer fails its test.
import type { Locator, Page } from '@playwright/test';
import { assigned, incident, unique, working } from './make';
import { expect, test as base } from './test';

const test = base.extend<{ mouseless: void }>({
  mouseless: [
    async ({ page }, use) => {
      await page.addInitScript(() => addEventListener('pointerdown', () => sessionStorage.setItem('mouse', 'yes'), true));
      await use();
      expect(await page.evaluate(() => sessionStorage.getItem('mouse')), 'a pointer was used').toBeNull();
    },
    { auto: true },
  ],
});

// tabTo walks with Tab, as a person does, until something has the focus. It gives how many steps it took.
const tabTo = async (page: Page, what: Locator, back = false): Promise<number> => {
  await what.first().waitFor();
  for (let n = 0; n <= 120; n++) {
    if (await what.first().evaluate(e => e === document.activeElement)) return n;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  throw new Error(`no way to ${String(what)} by Tab`);
};
const press = async (page: Page, what: Locator, back = false): Promise<void> => {
  await tabTo(page, what, back);
  await page.keyboard.press('Enter');
};
// choose opens a list to pick from and goes down it.
const choose = async (page: Page, button: Locator, option: string): Promise<void> => {
  await press(page, button);
  const here = page.getByRole('option', { name: option }).filter({ visible: true });
  await here.first().waitFor();
  for (let n = 0; n < 30 && (await here.first().getAttribute('data-combobox-selected')) === null; n++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
};
const seen = async (what: Locator): Promise<void> => {
  // What has the focus can be seen to have it.
  const ring = await what.evaluate(e => {
    const s = getComputedStyle(e);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 ? 'outline' : s.boxShadow !== 'none' ? 'shadow' : s.borderColor;
  });
  expect(ring).not.toBe('');
};

test('shell: skip link, stages, palette, language', async ({ signedIn }) => {
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto('/my');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My work');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await press(page, page.locator('.side').getByRole('button', { name: 'Service transition' }), true);
  await expect(page.getByRole('menuitem').first().or(page.locator('[role=dialog] a').first())).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('inc');
  await expect(page.getByRole('option', { name: /Incidents/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incidents');
  await press(page, page.getByRole('button', { name: '한국어' }).or(page.getByRole('button', { name: 'English' })), true).catch(async () => {
    await press(page, page.getByRole('button', { name: '김서연' }), true);
    await tabTo(page, page.getByRole('menuitem', { name: '한국어' }));
    await page.keyboard.press('Enter');
  });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('인시던트');
});

test('queue: filter by chip, select, act on many', async ({ signedIn, api }) => {
  const as = api('agent');
  const tag = unique('손').replace(' ', '');
  const [a, b] = [await assigned(as, `${tag} 하나`), await assigned(as, `${tag} 둘`)];
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto('/incidents?view=all');
  await page.getByRole('row').nth(1).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(tag);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.keyboard.press('Tab');
  await press(page, page.getByRole('button', { name: '필터 추가' }), true);
  await page.keyboard.type('상태');
  await press(page, page.getByRole('button', { name: /^상태/ }).last());
  const box = page.getByRole('checkbox', { name: '배정됨', exact: true });
  await tabTo(page, box);
  await page.keyboard.press('Space');
  await press(page, page.getByRole('button', { name: '적용', exact: true }));
  await expect(page.getByRole('row')).toHaveCount(3);
  await tabTo(page, page.getByRole('grid'));
  await seen(page.getByRole('grid'));
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.locator('.bulk strong')).toHaveText('2건 선택');
  await press(page, page.locator('.bulk').getByRole('button', { name: '처리' }));
  await page.getByRole('menuitem', { name: '수락' }).waitFor();
  for (let n = 0; n < 20 && !(await page.getByRole('menuitem', { name: '수락' }).evaluate(e => e === document.activeElement)); n++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  for (const i of [a, b]) await expect.poll(async () => (await as.send('GET', `/incidents/${i.id}`))['state']).toBe('in_progress');
});

test('record: a move that asks, a field where it stands, a link', async ({ signedIn, api }) => {
  const as = api('agent');
  const other = await incident(as, unique('이을 인시던트'));
  const i = await working(as, unique('손으로 푸는 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const fact = page.locator('dl.facts > div').filter({ has: page.locator('dt', { hasText: /^긴급도/ }) });
  await choose(page, fact.getByRole('button', { name: /고치기/ }), '높음');
  await expect(fact).toContainText('높음');
  await press(page, page.getByRole('button', { name: '관련 항목 연결' }));
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await press(page, page.locator('.acts').getByRole('button', { name: '해결', exact: true }), true);
  await choose(page, dialog.getByRole('button', { name: /^해결 코드/ }), '수정');
  await tabTo(page, dialog.getByLabel('해결 내용'));
  await page.keyboard.type('연결 풀을 늘려 복구했고 다시 나타나지 않는지 지켜보았습니다.');
  await press(page, dialog.getByRole('button', { name: '해결', exact: true }));
  await expect(page.locator('.rail [aria-current="step"]')).toHaveText('해결됨');
  expect(other.number).not.toBe(i.number);
});

test('board: a card goes where it may', async ({ signedIn, api }) => {
  const as = api('agent');
  const title = unique('손으로 옮길 카드');
  const i = await assigned(as, title);
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto(`/incidents?view=all&q=${encodeURIComponent(title.split(' ').at(-1) ?? '')}`);
  await page.getByRole('row').nth(1).waitFor();
  await press(page, page.getByRole('button', { name: 'Board', exact: true }));
  await page.locator('.card').first().waitFor();
  await page.keyboard.press('Escape');
  await tabTo(page, page.locator('.card').getByRole('link', { name: i.number }));
  await page.keyboard.press('m');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'In progress' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await as.send('GET', `/incidents/${i.id}`))['state']).toBe('in_progress');
});

test('create: quick from anywhere, and the whole form with what is wrong', async ({ signedIn, api }) => {
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto('/incidents');
  await page.getByRole('row').nth(1).waitFor();
  await page.keyboard.press('c');
  const title = unique('Made without a mouse');
  await expect(page.getByRole('dialog').locator('input').first()).toBeFocused();
  await page.keyboard.type(title);
  await page.keyboard.press('Control+Enter');
  await expect.poll(async () => (await api('agent').send<{ items: { title: string }[] }>('GET', `/incidents?filter=${encodeURIComponent(`title == '${title}'`)}&fields=title`)).items.length).toBe(1);
  await page.goto('/incidents/new');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New Incident');
  await press(page, page.getByRole('button', { name: 'Create', exact: true }));
  await expect(page.locator('.err').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused(); // one is led to what is wrong
  await page.keyboard.type(`${title} whole`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${title} whole`);
});

test('major-incident room: in, an update, the big screen and out', async ({ signedIn, api }) => {
  const mim = api('mim');
  const id = (await mim.send<{ items: { id: string }[] }>('GET', `/users?filter=${encodeURIComponent("email == 'mim@example.com'")}`)).items[0]?.id ?? '';
  const i = await incident(api('agent'), unique('Keyboard outage'), { impact: 1, urgency: 1 });
  await mim.post(`/incidents/${i.id}/actions/confirm_major`, { mi_commander: id, comms_lead: id, bridge_url: 'https://meet.example.com/mi' });
  const page = await signedIn('mim', { lang: 'en' });
  await page.goto(`/incidents/${i.number}`);
  await press(page, page.getByRole('link', { name: 'Incident room' }));
  await expect(page).toHaveURL(/\/room$/);
  const form = page.locator('.roomupdate');
  await press(page, form.getByRole('button', { name: /^Status/ }));
  await page.getByRole('option', { name: 'Identified' }).waitFor();
  await page.keyboard.type('ide'); // a short list goes to what begins so
  await page.keyboard.press('Enter');
  await expect(form.getByRole('button', { name: /^Status/ })).toContainText('Identified');
  await tabTo(page, form.getByLabel('Korean'));
  await page.keyboard.type('원인을 찾아 고치고 있습니다.');
  await tabTo(page, form.getByLabel('English'));
  await page.keyboard.type('Found and being repaired.');
  await press(page, form.getByRole('button', { name: 'Send update' }));
  await expect(page.locator('.stream li.update').first()).toContainText('Found and being repaired.');
  await page.keyboard.press('Escape');
  await tabTo(page, page.getByRole('button', { name: 'Send update' }));
  await page.keyboard.press('b');
  await expect(page.locator('main.big')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('main.big')).toHaveCount(0);
});

test('portal: report, see it, answer', async ({ signedIn }) => {
  const page = await signedIn('user', { lang: 'ko' });
  await page.goto('/portal');
  const title = unique('자판만으로 신고');
  await tabTo(page, page.getByRole('searchbox').or(page.getByRole('combobox')).first());
  await page.keyboard.type(title);
  await page.locator('.panswers .pnone').waitFor(); // the page settles below what was found
  await press(page, page.getByRole('link', { name: '문제 알리기' }).first());
  await expect(page).toHaveURL(/\/portal\/new\/incidents/);
  await tabTo(page, page.getByLabel('무슨 일이 있나요?'));
  await page.keyboard.type(title);
  await press(page, page.locator('main form button[type=submit]'));
  await expect(page).toHaveURL(/\/portal\/incidents\/INC\d+$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await tabTo(page, page.locator('main textarea').first());
  await page.keyboard.type('한 가지 더 있습니다.');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.pthread .own .bub').last()).toHaveText('한 가지 더 있습니다.');
});

test('figures: a number, its picture as a table, its records', async ({ signedIn }) => {
  const page = await signedIn('mim', { lang: 'en' });
  await page.goto('/figures/incident');
  const tile = page.locator('.tile').filter({ has: page.getByRole('button', { name: 'Incidents reported', exact: true }) });
  await press(page, tile.getByRole('button', { name: 'Incidents reported' }));
  await expect(tile.locator('.chartbox svg')).toBeVisible();
  await press(page, tile.getByRole('button', { name: 'As a table' }));
  await expect(tile.locator('.charttable tbody tr')).toHaveCount(12);
  await press(page, tile.locator('.tilemeta').getByRole('link'), true);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incidents');
});

test('administration: a token made, copied, put away and revoked', async ({ signedIn }) => {
  const page = await signedIn('admin', { lang: 'ko' });
  const name = unique('자판 토큰');
  await page.goto('/admin/tokens');
  await press(page, page.getByRole('button', { name: '새 토큰' }));
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.locator('input[name=name]'));
  await page.keyboard.type(name);
  await press(page, dialog.getByRole('button', { name: '토큰 만들기' }));
  await expect(dialog.locator('.secret input')).toHaveValue(/./);
  await press(page, dialog.getByRole('button', { name: '옮겨 두었습니다' }));
  const row = page.getByRole('row').filter({ hasText: name });
  await press(page, row.getByRole('button', { name: new RegExp(name) }));
  await expect(row).toHaveClass(/off/);
});

test('live: what is new is announced and reached', async ({ signedIn, api }) => {
  const as = api('agent');
  const tag = unique('살아').replace(' ', '');
  await incident(as, `${tag} 하나`);
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents?view=all&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.waitForTimeout(300); // the stream begins at now
  await incident(as, `${tag} 둘`);
  await press(page, page.locator('.newbar button'));
  await expect(page.getByRole('row')).toHaveCount(3);
});
