// The bell: what concerns somebody reaches them while they look, in words, once, and can be put away.
import type { Page } from '@playwright/test';
import { Api, type Answer } from './api';
import { assigned, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { name: '알림', all: '전체', unreadOnly: '안 읽음', mentions: '나를 언급', mine: '내 것', allread: '모두 읽음', read: '읽음으로 표시', unseen: '안 읽음으로 표시', mute: '이 기록의 알림 끄기', unmute: '다시 알리기', commented: '새 댓글이 달렸습니다', mentioned: '나를 언급했습니다', assigned: '나에게 배정되었습니다', note: '작업 노트', settings: '무엇을 알릴지 정하기', wish: '새 댓글이 달릴 때', menu: '내 설정', none: '해당하는 알림이 없습니다', resolved: '해결되었습니다. 정상인지 확인해 주세요', times: '(2회)' },
  en: { name: 'Notifications', all: 'All', unreadOnly: 'Unread', mentions: 'Mentions', mine: 'Mine', allread: 'Mark all read', read: 'Mark read', unseen: 'Mark unread', mute: 'Stop telling me about this', unmute: 'Tell me again', commented: 'New comment', mentioned: 'You were mentioned', assigned: 'Assigned to you', note: 'work note', settings: 'Choose what you are told', wish: 'Somebody comments', menu: 'My settings', none: 'No such notifications', resolved: 'Resolved: please check that it works again', times: '(2 times)' },
} as const;

const me = async (api: Api): Promise<string> => (await api.send<Answer>('GET', '/session')).id;
const bell = (page: Page) => page.locator('.bell');
const panel = (page: Page) => page.locator('.inbox');
const thread = (page: Page, title: string) => panel(page).getByRole('listitem').filter({ hasText: title });

// someone is a person of their own with a group of their own: what reaches them is counted.
const someone = async (): Promise<{ who: Api; id: string; group: string }> => {
  const who = await Api.fresh('한별', ['resolver', 'end_user']);
  const [id, group] = [await me(who), unique('무리')];
  await Api.as('admin').post('/groups', { name: group, members: [id] });
  return { who, id, group };
};

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];

  test(`${lang} › what concerns me arrives while I look, is read, and is unread again`, async ({ signedIn, api }) => {
    const [agent, { who, id, group }] = [api('agent'), await someone()];
    const [one, two] = [unique('종이 울리는 인시던트'), unique('언급된 인시던트')];
    const page = await signedIn(who, { lang });
    await page.goto('/my');
    await expect(bell(page)).toBeVisible();
    await page.waitForTimeout(300);
    const a = await assigned(agent, one, group);
    await agent.send('PATCH', `/incidents/${a.id}`, { assignee: id });
    const b = await assigned(agent, two);
    await agent.post(`/incidents/${b.id}/comments`, { body: `[@한별](user:${id}) 확인 부탁드립니다`, internal: true });
    await expect(bell(page).locator('b')).toHaveText('2');
    await expect(page).toHaveTitle(/^\(2\) /);
    await page.keyboard.press('b');
    await expect(thread(page, one)).toContainText(w.assigned);
    await expect(thread(page, one)).toContainText('김서연');
    await expect(thread(page, two)).toContainText(w.mentioned);
    await expect(thread(page, two)).toContainText(w.note);
    await accessible(page, `the panel in ${lang}`);

    await panel(page).getByRole('button', { name: w.mentions }).click();
    await expect(thread(page, two)).toBeVisible();
    await expect(thread(page, one)).toHaveCount(0);
    await panel(page).getByRole('button', { name: w.mine, exact: true }).click();
    await expect(thread(page, one)).toBeVisible();
    await expect(thread(page, two)).toHaveCount(0);
    await panel(page).getByRole('button', { name: w.all, exact: true }).click();

    await thread(page, one).getByRole('button', { name: w.read }).click();
    await expect(bell(page).locator('b')).toHaveText('1');
    await thread(page, one).getByRole('button', { name: w.unseen }).click();
    await expect(bell(page).locator('b')).toHaveText('2');
    await thread(page, two).getByRole('link').click();
    await expect(page).toHaveURL(new RegExp(b.number));
    await expect(panel(page)).toHaveCount(0);
    await expect(bell(page).locator('b')).toHaveText('1'); // opening it is reading it
    await expect(page).toHaveTitle(/^\(1\) /);
    await agent.post(`/incidents/${b.id}/comments`, { body: `[@한별](user:${id}) 하나 더`, internal: true }); // while I look at it
    await expect(page.locator('.tl')).toContainText('하나 더');
    await expect(bell(page).locator('b')).toHaveText('1');
    await bell(page).click();
    await panel(page).getByRole('button', { name: w.allread }).click();
    await expect(bell(page).locator('b')).toHaveCount(0);
    await panel(page).getByRole('button', { name: w.unreadOnly, exact: true }).click();
    await expect(panel(page)).toContainText(w.none);
    await page.keyboard.press('Escape');
    await expect(panel(page)).toHaveCount(0);
    await expect(page).toHaveTitle(/^INC/);
  });

  test(`${lang} › by key alone: move, mark, mute, open`, async ({ signedIn, api }) => {
    const [agent, { who, id, group }] = [api('agent'), await someone()];
    const [one, two] = [unique('키로 여는 인시던트'), unique('키로 끄는 인시던트')];
    for (const title of [one, two]) {
      const i = await assigned(agent, title, group);
      await agent.send('PATCH', `/incidents/${i.id}`, { assignee: id });
    }
    const page = await signedIn(who, { lang });
    await page.goto('/my');
    await expect(bell(page).locator('b')).toHaveText('2');
    await page.keyboard.press('b');
    await expect(thread(page, two)).toBeVisible();
    await page.keyboard.press('j');
    await expect(thread(page, two).getByRole('link')).toBeFocused();
    await page.keyboard.press('x');
    await expect(bell(page).locator('b')).toHaveText('1');
    await page.keyboard.press('q');
    await expect(thread(page, two).getByRole('button', { name: w.unmute })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(thread(page, one).getByRole('link')).toBeFocused();
    await page.keyboard.press('k');
    await expect(thread(page, two).getByRole('link')).toBeFocused();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: one })).toBeVisible();
    await expect(bell(page).locator('b')).toHaveCount(0);
  });

  test(`${lang} › what I do not want to hear stays away, and a muted record is quiet`, async ({ signedIn, api }) => {
    const [agent, { who }] = [api('agent'), await someone()];
    const title = unique('조용한 인시던트');
    const i = await assigned(agent, title);
    const page = await signedIn(who, { lang });
    await page.goto('/my');
    await page.getByTitle(w.menu).click();
    await page.getByRole('menuitem', { name: w.name }).click();
    await expect(page.getByRole('heading', { level: 1, name: w.name })).toBeVisible();
    const box = page.getByRole('checkbox', { name: w.wish });
    await expect(box).toBeEnabled();
    await box.setChecked(false);
    await expect(box).toHaveAttribute('aria-busy', 'false');
    await page.reload();
    await expect(box).not.toBeChecked();
    await accessible(page, `the choices in ${lang}`);
    await box.setChecked(true);
    await expect(box).toHaveAttribute('aria-busy', 'false');
    await who.post('/mutes', { on: 'incident', subject: i.id });
    await page.reload();
    const row = page.getByRole('listitem').filter({ hasText: title });
    await row.getByRole('button', { name: w.unmute }).click();
    await expect(row).toHaveCount(0);
  });

  test(`${lang} › a requester hears in the portal, on a phone`, async ({ signedIn, api }) => {
    const [agent, user] = [api('agent'), await Api.fresh('최한빛', ['end_user'])];
    const title = unique('포털에서 듣는 요청');
    const page = await signedIn(user, { lang });
    await page.setViewportSize({ width: 390, height: 780 });
    await page.goto('/portal');
    await expect(bell(page)).toBeVisible();
    await page.waitForTimeout(300);
    const i = await user.post('/incidents', { title, requester: await me(user) });
    const first = async (path: string): Promise<string> => (await agent.send<{ items: Answer[] }>('GET', path)).items[0]?.id ?? '';
    await agent.post(`/incidents/${i.id}/actions/assign`, { group: await first(`/groups?filter=${encodeURIComponent("name == 'Windows'")}`), category: await first('/categories?order=name&limit=1') });
    await agent.post(`/incidents/${i.id}/actions/accept`, {});
    for (const body of ['확인하고 있습니다', '거의 다 됐습니다']) await agent.post(`/incidents/${i.id}/comments`, { body });
    await expect(bell(page).locator('b')).toHaveText('1'); // one request, however much happens to it
    await agent.post(`/incidents/${i.id}/actions/resolve`, { resolution_code: 'fixed', resolution_notes: '메일 서버를 다시 시작하여 정상 수신을 확인했습니다.' });
    await bell(page).click();
    await expect(thread(page, title)).toContainText(w.resolved);
    await expect(thread(page, title)).toContainText(`${w.commented} ${w.times}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    await accessible(page, `the panel of the portal in ${lang}`, [390, 800]);
    await page.setViewportSize({ width: 390, height: 780 });
    await thread(page, title).getByRole('link').click();
    await expect(page).toHaveURL(new RegExp(`/portal/incidents/${i.number}`));
    await expect(bell(page).locator('b')).toHaveCount(0);
    await page.goto('/portal/notifications');
    await expect(page.getByRole('checkbox', { name: w.wish })).toBeEnabled();
    await accessible(page, `the choices of the portal in ${lang}`, [390]);
  });
}
