// The portal: what everybody does who is no agent, on a phone and on a desk, in Korean and in English.
import type { Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { unique } from './make';
import { password } from './people';
import { accessible, expect, test } from './test';

const said = {
  ko: { report: '문제 알리기', title: '무슨 일이 있나요?', details: '조금 더 알려 주세요', service: '어떤 서비스인가요?', stuck: '일을 전혀 할 수 없어요', send: '보내기', needed: '꼭 필요한 항목입니다.', kept: '쓰다 만 내용을 불러왔어요', drop: '지우고 새로 쓰기', known: '이미 알려 주셨어요', received: '접수했어요', onIt: '담당자가 보고 있어요', mine: '내 답을 기다려요', solved: '해결했어요', closed: '끝났어요', until: '아래에 답을 남겨 주시면', yes: '네, 해결됐어요', no: '아직 안 돼요', why: '무엇이 아직 안 되나요?', words: '한 줄이라도 적어 주세요.', requests: '내 요청', finished: '끝난 요청', withdraw: '요청 취소하기', whyCancel: '왜 취소하시나요?', cancelled: '취소', more: '더 보기', reply: '답 쓰기', search: '증상이나 요청 찾기', looking: '님이 살펴보고 있어요.', checked: '확인해 주셔서 고맙습니다.', hello: '무엇을 도와드릴까요?' },
  en: { report: 'Report a problem', title: 'What happened?', details: 'Tell us a little more', service: 'Which service is it about?', stuck: 'I cannot work at all', send: 'Send', needed: 'This is needed.', kept: 'We kept what you had written', drop: 'Discard it and start again', known: 'You have told us something like this', received: 'Received', onIt: 'Somebody is on it', mine: 'Waiting for you', solved: 'Solved', closed: 'Closed', until: 'Please answer below by', yes: 'Yes, it is solved', no: 'It is still broken', why: 'What still does not work?', words: 'Please write a few words.', requests: 'My requests', finished: 'Finished', withdraw: 'Cancel this request', whyCancel: 'Why do you cancel it?', cancelled: 'Cancelled', more: 'Show more', reply: 'Your answer', search: 'Find a problem or a request', looking: 'is looking into it.', checked: 'Thank you for checking.', hello: 'how can we help?' },
} as const;

type World = { user: Api; agent: Api; group: string; category: string; me: string };

const first = async (api: Api, path: string): Promise<string> => (await api.send<{ items: Answer[] }>('GET', path)).items[0]?.id ?? '';
const world = async (api: (who: 'user' | 'agent') => Api): Promise<World> => {
  const [user, agent] = [api('user'), api('agent')];
  return { user, agent, group: await first(agent, `/groups?filter=${encodeURIComponent("name == 'Windows'")}`), category: await first(agent, '/categories?order=name&limit=1'), me: (await user.send<Answer>('GET', '/session')).id };
};
const problem = (w: World, title: string, more: object = {}): Promise<Answer> => w.user.post('/incidents', { title, requester: w.me, ...more });
const act = (w: World, i: Answer, move: string, body: object = {}): Promise<Answer> => w.agent.post(`/incidents/${i.id}/actions/${move}`, body);
const taken = async (w: World, i: Answer): Promise<void> => {
  await act(w, i, 'assign', { group: w.group, category: w.category });
  await act(w, i, 'accept');
};
const solve = (w: World, i: Answer): Promise<Answer> => act(w, i, 'resolve', { resolution_code: 'fixed', resolution_notes: '프린터 드라이버를 다시 설치하여 정상 출력을 확인했습니다.' });
const now = (page: Page) => page.locator('.pway [aria-current="step"]');
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const wide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

for (const lang of ['ko', 'en'] as const)
  for (const width of [390, 1440]) {
    const s = said[lang];
    test.describe(`${lang} ${width}`, () => {
      test.use({ viewport: { width, height: 844 } });

      test('report a problem: told what is missing, the draft is kept, with a picture', async ({ signedIn, api }) => {
        const w = await world(api);
        const title = unique('결재 화면이 하얗게 나와요');
        const word = title.split(' ').at(-1) ?? '';
        const before = await problem(w, `${word} 화면이 이상해요`);
        const page = await signedIn('user', { lang });
        await page.goto('/my');
        await expect(page).toHaveURL(/\/portal$/);
        await expect(page.getByRole('heading', { level: 1 })).toContainText(s.hello);
        await expect(page.locator('.side')).toHaveCount(0);
        await page.getByRole('link', { name: s.report }).click();
        await page.getByRole('button', { name: s.send }).click();
        await expect(page.locator('.err')).toHaveText(s.needed);
        await expect(page.getByLabel(s.title)).toBeFocused();
        await page.getByLabel(s.title).fill(title);
        await expect(page.locator('.pknown')).toContainText(s.known);
        await expect(page.locator('.pknown a').filter({ hasText: word }).first()).toHaveAttribute('href', `/portal/incidents/${before.number}`);
        await page.getByLabel(s.details).fill('오늘 아침부터예요.');
        await page.reload();
        await expect(page.getByText(s.kept)).toBeVisible();
        await expect(page.getByLabel(s.title)).toHaveValue(title);
        await page.getByRole('radio', { name: s.stuck }).check();
        await page.getByLabel(s.service).click();
        await page.getByRole('option', { name: '사내 메신저' }).click();
        await page.locator('input[type=file]').first().setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: png });
        await expect(page.locator('.pchosen li')).toContainText('screen.png');
        expect(await wide(page), 'nothing is wider than the screen').toBe(false);
        await page.getByRole('button', { name: s.send, exact: true }).click();
        await expect(page).toHaveURL(/\/portal\/incidents\/INC\d+$/);
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
        await expect(now(page)).toHaveText(s.received);
        await expect(page.locator('.pthread .own .pfile')).toContainText('screen.png');
        await expect(page.locator('.pthread .own .bub').first()).toHaveText('오늘 아침부터예요.');
        const number = page.url().split('/').at(-1) ?? '';
        const got = await w.agent.send<Answer>('GET', `/incidents/${number}`);
        expect(got).toMatchObject({ title, urgency: 1, requester: w.me, channel: 'portal', description: '오늘 아침부터예요.' });
        expect(got['service']).toBeTruthy();
        await page.goto('/portal/new/incidents');
        await expect(page.getByLabel(s.title)).toHaveValue(''); // sent is sent
      });

      test('a request from received to closed, live: asked, answered, solved, not solved, solved', async ({ signedIn, api }) => {
        const w = await world(api);
        const title = unique('프린터가 백지만 나와요');
        const i = await problem(w, title, { description: '3층 복합기입니다.' });
        const page = await signedIn('user', { lang });
        await page.goto(`/incidents/${i.number}`); // as it stands in a mail
        await expect(page).toHaveURL(new RegExp(`/portal/incidents/${i.number}$`));
        await expect(now(page)).toHaveText(s.received);
        await taken(w, i);
        await expect(now(page)).toHaveText(s.onIt); // nobody reloaded
        await expect(page.locator('.pnext')).toContainText(s.looking);
        await act(w, i, 'hold', { hold_reason: 'awaiting_customer', comment: '어느 복합기인가요?' });
        await expect(now(page)).toHaveText(s.mine);
        await expect(page.locator('.pnext')).toContainText(s.until);
        await expect(page.locator('.pthread .desk .bub')).toHaveText('어느 복합기인가요?');
        const box = page.getByLabel(s.reply);
        await box.fill('창가 쪽 복합기예요.');
        await page.reload();
        await expect(box).toHaveValue('창가 쪽 복합기예요.');
        await box.press('Enter');
        await expect(page.locator('.pthread .own .bub')).toHaveCount(1); // a bare Enter begins a line
        await box.press('Backspace');
        await box.press('Control+Enter');
        await expect(page.locator('.pthread .own .bub').last()).toHaveText('창가 쪽 복합기예요.');
        await expect(box).toHaveValue('');
        await expect(now(page)).toHaveText(s.onIt);
        await solve(w, i);
        await expect(now(page)).toHaveText(s.solved);
        await expect(page.locator('.psolution')).toContainText('드라이버를 다시 설치');
        await page.getByRole('button', { name: s.no }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: s.no }).click();
        await expect(dialog.locator('.err')).toHaveText(s.words);
        await dialog.getByLabel(s.why).fill('여전히 백지예요.');
        await dialog.getByLabel(s.why).press('Control+Enter');
        await expect(now(page)).toHaveText(s.onIt);
        await solve(w, i);
        await page.goto('/portal');
        const card = page.locator('.pcard').filter({ hasText: title });
        await card.getByRole('button', { name: s.yes }).click();
        await expect(page.getByText(s.checked)).toBeVisible();
        await expect(card).toHaveCount(0);
        await page.getByRole('link', { name: s.requests }).click();
        await page.getByRole('link', { name: s.finished }).click();
        await page.getByRole('link', { name: title }).click();
        await expect(now(page)).toHaveText(s.closed);
        expect((await w.agent.send<Answer>('GET', `/incidents/${i.id}`))['state']).toBe('closed');
      });

      test('search: my own request by its words and by its number, by keyboard', async ({ signedIn, api }) => {
        const w = await world(api);
        const title = unique('공유 폴더가 안 열려요');
        const word = title.split(' ').at(-1) ?? '';
        const i = await problem(w, title);
        const page = await signedIn('user', { lang });
        await page.goto('/portal');
        const box = page.getByLabel(s.search);
        await box.fill(word);
        await expect(page.locator('.panswers a')).toHaveCount(1);
        await expect(page.locator('.panswers a')).toContainText(title);
        await box.press('ArrowDown');
        await page.keyboard.press('Enter');
        await expect(page).toHaveURL(new RegExp(`/portal/incidents/${i.number}$`));
        await page.goBack();
        await expect(box).toHaveValue(word);
        await box.fill('없을 리가 없는 말 zzqqxx');
        await expect(page.locator('.panswers .pnone')).toBeVisible();
        await page.getByRole('link', { name: s.report }).click();
        await expect(page.getByLabel(s.title)).toHaveValue('없을 리가 없는 말 zzqqxx');
        await page.goto('/portal');
        await box.fill(i.number.replace(/^INC0*/, 'inc '));
        await box.press('Enter');
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      });
    });
  }

test('withdraw a request, with a reason', async ({ signedIn, api }) => {
  const [w, s] = [await world(api), said.ko];
  const i = await problem(w, unique('취소할 요청'));
  const page = await signedIn('user');
  await page.goto(`/portal/incidents/${i.number}`);
  await page.getByRole('button', { name: s.withdraw }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(s.whyCancel).fill('이제 됩니다.');
  await dialog.getByRole('button', { name: s.withdraw }).click();
  await expect(now(page)).toHaveText(s.cancelled);
  await expect(page.getByRole('button', { name: s.withdraw })).toHaveCount(0);
});

test('many requests come page by page, none twice', async ({ signedIn }) => {
  const page = await signedIn('user', { lang: 'en' });
  await page.goto('/portal/requests');
  const titles = page.locator('.pcard .num');
  await expect(titles).toHaveCount(20);
  await page.getByRole('button', { name: said.en.more }).click();
  await expect.poll(() => titles.count()).toBeGreaterThan(20);
  const all = await titles.allTextContents();
  expect(new Set(all).size).toBe(all.length);
});

test('nothing internal reaches the requester: not the page, not what the page is sent', async ({ signedIn, api }) => {
  const w = await world(api);
  const secret = `internal${Math.random().toString(36).slice(2, 10)}`;
  const i = await problem(w, unique('메일이 늦게 와요'));
  await taken(w, i);
  await w.agent.post(`/incidents/${i.id}/comments`, { body: `${secret} 사용자 과실로 보임`, internal: true });
  await w.agent.send('PATCH', `/incidents/${i.id}`, { cause_hint: `${secret} 원인 추정` });
  await act(w, i, 'escalate', { reason: `${secret} 윗선 보고` });
  await w.agent.post(`/incidents/${i.id}/comments`, { body: '확인하고 있습니다.' });
  const page = await signedIn('user');
  const bodies: Promise<string>[] = [];
  page.on('response', r => {
    if (r.url().includes('/api/v1/') && !r.url().includes('/stream')) bodies.push(r.text().catch(() => ''));
  });
  await page.goto(`/portal/incidents/${i.number}`);
  await expect(page.locator('.pthread .desk .bub')).toHaveText('확인하고 있습니다.');
  await w.agent.post(`/incidents/${i.id}/comments`, { body: `${secret} 두 번째 메모`, internal: true });
  await w.agent.post(`/incidents/${i.id}/comments`, { body: '고쳤습니다.' });
  await expect(page.locator('.pthread .desk .bub').last()).toHaveText('고쳤습니다.');
  expect(await page.content()).not.toContain(secret);
  await page.goto(`/portal?q=${secret}`);
  await expect(page.locator('.panswers .pnone')).toBeVisible();
  const sent = await Promise.all(bodies);
  expect(sent.some(b => b.includes('고쳤습니다.')), 'the answers were read').toBe(true);
  expect(sent.filter(b => b.includes(secret))).toEqual([]);
});

test('an agent opens the portal from the menu, sees no work note there, and goes back', async ({ signedIn, api }) => {
  const w = await world(api);
  const i = await problem(w, unique('에이전트가 볼 요청'));
  await taken(w, i);
  await w.agent.post(`/incidents/${i.id}/comments`, { body: '안쪽 메모', internal: true });
  await w.agent.post(`/incidents/${i.id}/comments`, { body: '바깥 답글' });
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto('/my');
  await page.locator('.mebtn').click();
  await page.getByRole('menuitem', { name: 'Go to the portal' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('how can we help?');
  await page.goto(`/portal/incidents/${i.number}`);
  await expect(page.locator('.pthread .bub').last()).toHaveText('바깥 답글');
  await expect(page.getByText('안쪽 메모')).toHaveCount(0);
  await page.locator('.mebtn').click();
  await page.getByRole('menuitem', { name: 'Go to the console' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My work');
});

test('what is wrong is told to everybody, what is for the inside is not', async ({ signedIn, api }) => {
  const mim = api('mim');
  const i = await mim.post('/incidents', { title: unique('결제 장애'), impact: 2, urgency: 2 });
  const [told, kept] = [unique('결제가 느립니다'), unique('내부 소식')];
  const next = new Date(Date.now() + 3_600_000).toISOString();
  await mim.post('/incident_updates', { incident: i.id, audience: 'internal', status: 'investigating', text: { ko: kept, en: kept }, next_update_at: next });
  await mim.post('/incident_updates', { incident: i.id, audience: 'public', status: 'identified', text: { ko: told, en: told }, next_update_at: next });
  const page = await signedIn('user');
  await page.goto('/portal');
  await expect(page.locator('.ptroubles')).toContainText(told);
  await expect(page.locator('.ptroubles')).toContainText('다음 소식');
  await expect(page.getByText(kept)).toHaveCount(0);
  await page.getByLabel(said.ko.search).fill(told.split(' ').at(-1) ?? '');
  await page.locator('.panswers a').filter({ hasText: told }).click();
  await expect(page.locator('.prose')).toHaveText(told);
  await mim.post('/incident_updates', { incident: i.id, audience: 'public', status: 'resolved', text: { ko: '해결', en: 'done' } });
  await page.goto('/portal');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText(told)).toHaveCount(0);
});

test('Korean typing: the Enter that ends a syllable neither sends nor searches away', async ({ signedIn, api }) => {
  const w = await world(api);
  const i = await problem(w, unique('한글 입력'));
  const page = await signedIn('user');
  await page.goto(`/portal/incidents/${i.number}`);
  const box = page.getByLabel(said.ko.reply);
  await box.click();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.imeSetComposition', { text: '네, 됩니', selectionStart: 5, selectionEnd: 5 });
  await box.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true, ctrlKey: true, bubbles: true });
  await page.waitForTimeout(200);
  await expect(page.locator('.pthread .bub')).toHaveCount(0);
  await cdp.send('Input.insertText', { text: '네, 됩니다' });
  await box.press('Control+Enter');
  await expect(page.locator('.pthread .own .bub')).toHaveText('네, 됩니다');
});

test('language, theme, what is not there, and signing out', async ({ page, url }) => {
  await page.addInitScript(() => {
    if (!localStorage.getItem('maru.prefs')) localStorage.setItem('maru.prefs', JSON.stringify({ lang: 'en', theme: 'light' }));
  });
  await page.goto(`${url}/portal`);
  await page.getByLabel('E-mail').fill('user@example.com');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/portal$/);
  await page.getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(said.ko.hello);
  await page.locator('.mebtn').click();
  await page.getByRole('menuitemradio', { name: '어둡게' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto(`${url}/incidents/INC9999999`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('찾을 수 없습니다');
  await page.getByRole('main').getByRole('link', { name: '처음으로' }).click();
  await expect(page).toHaveURL(/\/portal$/);
  await page.locator('.mebtn').click();
  await page.getByRole('menuitem', { name: '로그아웃' }).click();
  await expect(page.getByLabel('비밀번호')).toBeVisible();
  await page.goto(`${url}/portal/requests`);
  await expect(page.getByLabel('비밀번호')).toBeVisible();
});

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark']] as const)
  test(`accessible at 390, 800 and 1440 px, ${lang} ${theme}`, async ({ signedIn, api }) => {
    test.setTimeout(150_000);
    const [w, s] = [await world(api), said[lang]];
    const i = await problem(w, unique('접근성 요청'), { description: '설명입니다.' });
    await taken(w, i);
    await act(w, i, 'hold', { hold_reason: 'awaiting_customer', comment: '언제부터인가요?' });
    const done = await problem(w, unique('해결된 요청'));
    await taken(w, done);
    await solve(w, done);
    const page = await signedIn('user', { lang, theme });
    const check = (where: string): Promise<void> => accessible(page, where, [390, 800, 1440]);
    await page.goto('/portal');
    await expect(page.locator('.pcardend').first()).toBeVisible();
    await check('home');
    await page.getByLabel(s.search).fill('접근성');
    await expect(page.locator('.panswers a').first()).toBeVisible();
    await check('answers');
    await page.goto('/portal/new/incidents');
    await page.getByLabel(s.title).fill('접근성 요청');
    await expect(page.locator('.pknown li').first()).toBeVisible();
    await page.getByLabel(s.title).fill('');
    await page.locator('.pfold').click();
    await page.getByRole('button', { name: s.send, exact: true }).click();
    await expect(page.locator('.err').first()).toBeVisible();
    await check('report');
    await page.goto('/portal/requests');
    await expect(page.locator('.pcard').first()).toBeVisible();
    await check('requests');
    await page.goto(`/portal/incidents/${i.number}`);
    await expect(page.locator('.pthread .bub').nth(1)).toBeVisible();
    await check('waiting for me');
    await page.goto(`/portal/incidents/${done.number}`);
    await page.getByRole('button', { name: s.no }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await check('why not');
    await page.goto('/portal/incidents/INC9999999');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await check('not there');
  });
