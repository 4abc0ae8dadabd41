// What one does on the page of a record, all day: naming people and records, replies kept ready, looking
// back, following, what is alike, and going on to the next.
import type { Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { assigned, incident, unique, working } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: {
    write: '답글 쓰기', note: '메모 쓰기', noteMode: '작업 메모', send: '답글 보내기', canned: '상용구', who: '언급할 사람', record: '연결할 기록', preview: '미리보기', goOn: '이어 쓰기', outside: '아직 이 건을 볼 수 없음', gap: '빈칸을 채운 뒤 보내 주세요', team: '담당자', hold: '보류', with: '보내면서 함께: 보류', reason: '보류 사유', customer: '고객 회신 대기',
    watch: '구독', watching: '구독 중', watchers: '구독자 1명', past: '지난 시점으로 보기', pastIs: '지난 시점의 기록입니다', slider: '시점', now: '지금', accepted: '수락', assignedState: '배정됨', started: '처리 중', differs: '지금과 다릅니다', urgency: '긴급도', high: '높음', similar: '비슷한 인시던트', duplicate: '중복 대상', how: '해결 방법', unread: '지난번에 본 뒤로', next: '다음 기록', prev: '이전 기록', more: '더 보기', copy: '번호 복사', copied: '복사',
    unknown: '보이지 않는 번호', placeholder: '여기에 채울 값이 없습니다', uses: '사용 횟수',
  },
  en: {
    write: 'Write a reply', note: 'Write a work note', noteMode: 'Work note', send: 'Send reply', canned: 'Canned responses', who: 'Person to mention', record: 'Record to link', preview: 'Preview', goOn: 'Go on writing', outside: 'Does not see this yet', gap: 'Fill in what is missing', team: 'Assignee', hold: 'Put on hold', with: 'Sent together with: Put on hold', reason: 'Hold reason', customer: 'Awaiting customer',
    watch: 'Watch', watching: 'Watching', watchers: '1 watcher', past: 'See it as it was', pastIs: 'This is the record as it was', slider: 'Moment', now: 'Now', accepted: 'Accept', assignedState: 'Assigned', started: 'In progress', differs: 'differ', urgency: 'Urgency', high: 'High', similar: 'Similar incidents', duplicate: 'Duplicate of', how: 'How it was resolved', unread: 'New since you last looked', next: 'Next record', prev: 'Previous record', more: 'More', copy: 'Copy the number', copied: 'Copied',
    unknown: 'a number not to be seen', placeholder: 'There is nothing to fill in here', uses: 'Times used',
  },
} as const;

const user = async (as: Api, who: string): Promise<string> => (await as.send<{ items: Answer[] }>('GET', `/users?filter=${encodeURIComponent(`email == '${who}@example.com'`)}`)).items[0]?.id ?? '';
const comments = async (as: Api, i: Answer): Promise<{ body: string; internal: boolean }[]> => (await as.send<{ items: { body: string; internal: boolean }[] }>('GET', `/incidents/${i.id}/comments`)).items;
const off = (page: Page): Promise<void> => page.locator('.acthead h2').click(); // out of the box, where letters are keys

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('people are named by initial consonants while syllables are composed; who may not know is not offered', async ({ signedIn, api }) => {
      const as = api('agent');
      const i = await working(as, unique('언급할 인시던트'));
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents/${i.number}`);
      const box = page.getByLabel(w.write);
      await box.focus();
      const cdp = await page.context().newCDPSession(page);
      await page.keyboard.type('확인 @');
      await cdp.send('Input.imeSetComposition', { text: 'ㅇ', selectionStart: 1, selectionEnd: 1 });
      const list = page.getByRole('listbox', { name: w.who });
      await expect(list.getByRole('option').first()).toContainText('이도윤'); // of the group that works on it
      await expect(list.getByRole('option', { name: '오세훈' })).toContainText(w.outside);
      await box.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true });
      await expect(list).toBeVisible(); // that Enter was the syllable's
      await cdp.send('Input.imeSetComposition', { text: 'ㅇㄷ', selectionStart: 2, selectionEnd: 2 });
      await expect(list.getByRole('option')).toHaveCount(1);
      await cdp.send('Input.insertText', { text: 'ㅇㄷ' });
      await expect(list.getByRole('option')).toHaveText('이도윤');
      await page.keyboard.press('Enter');
      await expect(box).toHaveValue('확인 @이도윤 ');
      await page.keyboard.type('님 부탁드립니다');
      // What is being written is kept, with whom it names.
      await page.reload();
      await expect(box).toHaveValue('확인 @이도윤 님 부탁드립니다');
      await page.getByRole('button', { name: w.preview }).click();
      await expect(page.locator('.preview .mention')).toHaveText('@이도윤');
      await page.getByRole('button', { name: w.goOn }).click();
      await box.press('Control+Enter');
      await expect(page.locator('.tl .comment .mention')).toHaveText('@이도윤');
      expect((await comments(as, i)).at(-1)?.body).toBe(`확인 [@이도윤](user:${await user(as, 'resolver')}) 님 부탁드립니다`);
      await expect(page.getByRole('button', { name: w.watchers })).toBeVisible();
      // A work note names insiders only.
      await off(page);
      await page.keyboard.press('n');
      await page.keyboard.type('@ㅇ');
      await expect(list.getByRole('option', { name: '이도윤' })).toBeVisible();
      await expect(list.getByRole('option', { name: '오세훈' })).toHaveCount(0);
      await accessible(page, 'naming a person', [1440]);
      await page.keyboard.press('Escape');
      await expect(list).toHaveCount(0);
      // Spelt out by hand, the server refuses it, and nothing is lost.
      await page.getByLabel(w.note).fill(`[@오세훈](user:${await user(as, 'user')})`);
      await page.getByLabel(w.note).press('Control+Enter');
      await expect(page.getByRole('alert')).toContainText('오세훈');
      await expect(page.getByLabel(w.note)).toHaveValue(/오세훈/);
    });

    test('records become chips with their state, in one question; what may not be seen is text', async ({ signedIn, api }) => {
      const as = api('agent');
      const far = await working(as, unique('다른 인시던트'));
      const i = await working(as, unique('칩 인시던트'));
      await as.send('PATCH', `/incidents/${i.id}`, { description: `**같은 증상**: #${far.number} 과 INC9999999, ${far.number}` });
      await as.post(`/incidents/${i.id}/comments`, { body: `#${far.number} 참고. <b>x</b>`, internal: true });
      const page = await signedIn('agent', { lang });
      let asked = 0;
      page.on('request', r => r.url().endsWith('/lookup') && asked++);
      await page.goto(`/incidents/${i.number}`);
      await expect(page.locator('.recmain .chiplink')).toHaveCount(2);
      await expect(page.locator('.recmain .md strong')).toHaveText('같은 증상');
      await expect(page.locator('.recmain .md').first()).toContainText('INC9999999');
      await expect(page.locator('.tl .note .chiplink')).toHaveAttribute('title', new RegExp(w.started));
      await expect(page.locator('.tl .note')).toContainText('<b>x</b>');
      expect(asked).toBeLessThanOrEqual(2); // the record and what was said may come apart
      const box = page.getByLabel(w.write);
      await box.focus();
      await page.keyboard.type(`보세요 #${far.number.replace('INC0000', 'inc')}`);
      await page.getByRole('listbox', { name: w.record }).getByRole('option', { name: far.number }).click();
      await expect(box).toHaveValue(`보세요 #${far.number} `);
      await box.fill('');
      await page.locator('.tl .note .chiplink').click();
      await expect(page).toHaveURL(new RegExp(`/incidents/${far.number}$`));
    });

    test('a canned response is found, filled in, held up by a gap, sent with its move, and counted', async ({ signedIn, api }) => {
      const as = api('agent');
      const name = `t${Math.random().toString(36).slice(2, 8)}`;
      const c = await as.post('/canned_responses', { name, scope: 'personal', set_state: 'hold', title: { ko: `회신 요청 ${name}`, en: `Please answer ${name}` }, body: { ko: '{{requester.name}}님, {{number}} 건은 {{service.name}} 문제로 보입니다.', en: 'Hello {{requester.name}}' } });
      const i = await working(as, unique('상용구 인시던트'));
      await as.send('PATCH', `/incidents/${i.id}`, { requester: await user(as, 'user') });
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents/${i.number}`);
      const box = page.getByLabel(w.write);
      await page.getByRole('button', { name: w.canned, exact: true }).click();
      const list = page.getByRole('listbox', { name: w.canned });
      await expect(list.getByRole('option').first()).toBeVisible();
      await page.keyboard.type(lang === 'ko' ? 'ㅎㅅㅇㅊ' : name);
      await expect(list.getByRole('option', { name })).toHaveAttribute('aria-selected', 'true');
      await expect(page.locator('.suggestprev')).toContainText(`오세훈님, ${i.number}`); // in the requester's language
      await expect(page.locator('.suggestprev mark')).toHaveText('{{서비스}}');
      await accessible(page, 'canned responses', [1440]);
      await page.keyboard.press('Enter');
      await expect(box).toHaveValue(`오세훈님, ${i.number} 건은 {{서비스}} 문제로 보입니다.`);
      await expect(page.locator('.withmove')).toContainText(w.with);
      await page.keyboard.press('Control+Enter');
      await expect(page.getByRole('alert')).toContainText(w.gap);
      expect(await comments(as, i)).toHaveLength(0);
      await page.keyboard.type('메일'); // the gap is selected
      await expect(box).toHaveValue(`오세훈님, ${i.number} 건은 메일 문제로 보입니다.`);
      await page.keyboard.press('Control+Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: new RegExp(`^${w.reason}`) }).click();
      await page.getByRole('option', { name: w.customer }).click();
      await dialog.getByRole('button', { name: w.hold, exact: false }).last().click();
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.hold === '보류' ? '보류' : 'On hold');
      await expect(page.locator('.tl .comment')).toContainText('메일 문제로');
      await expect(box).toHaveValue('');
      expect((await as.send('GET', `/canned_responses/${c.id}`))['uses']).toBe(1);
      // Its own page: the form comes from the book, and a place that leads nowhere is refused.
      await page.goto(`/canned_responses/${c.id}`);
      await expect(page.locator('.facts')).toContainText([w.uses].join());
      const fact = page.locator('dl.facts > div').filter({ hasText: 'Hello {{requester.name}}' }).or(page.locator('dl.facts > div').filter({ hasText: '{{requester.name}}님' })).first();
      await fact.hover();
      await fact.locator('.pen').click();
      await fact.locator('textarea[lang=en]').fill('Hello {{requester.nome}}');
      await fact.locator('.edithint button').first().click();
      await expect(page.getByRole('alert')).toContainText(w.placeholder);
    });

    test('the record as it was: by slider, by key, by address, and back', async ({ signedIn, api }) => {
      const as = api('agent');
      const title = unique('되돌아볼 인시던트');
      const i = await assigned(as, title);
      await as.post(`/incidents/${i.id}/actions/accept`, {});
      await as.send('PATCH', `/incidents/${i.id}`, { urgency: 1, title: `${title} 고침` });
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents/${i.number}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${title} 고침`);
      await page.keyboard.press('h');
      const slider = page.getByRole('slider', { name: w.slider });
      await expect(slider).toHaveAttribute('aria-valuetext', w.now);
      await slider.press('ArrowLeft'); // the last change itself
      await slider.press('ArrowLeft');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await expect(page).toHaveURL(/as_of=/);
      await expect(page.locator('.asof')).toContainText(w.pastIs);
      await expect(page.locator('.asof')).toContainText(w.differs);
      await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(w.accepted));
      const fact = page.locator('dl.facts > .differs').filter({ has: page.locator('dt', { hasText: new RegExp(`^${w.urgency}`) }) });
      await expect(fact.locator('.isnow')).toContainText(w.high);
      await expect(page.locator('.acts button')).toHaveCount(0);
      await expect(page.locator('.pen')).toHaveCount(0);
      await expect(page.locator('.composer')).toHaveCount(0);
      await slider.press('ArrowLeft');
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.assignedState);
      await accessible(page, 'the record as it was');
      await page.reload(); // the address leads there
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.assignedState);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${title} 고침`);
      await expect(page).not.toHaveURL(/as_of/);
      await expect(page.locator('.composer')).toBeVisible();
      await page.goto(`/incidents/${i.number}?as_of=2001-01-01T00:00:00Z`); // before there was anything
      await expect(page.locator('.asofsaid')).toBeVisible();
      await page.goto(`/incidents/${i.number}?as_of=nonsense`);
      await expect(page.locator('.composer')).toBeVisible();
    });

    test('following, what is alike, the next of the list, what is new', async ({ signedIn, api }) => {
      const as = api('agent');
      const tag = unique('프린터').replace(' ', '');
      const old = await working(as, `${tag} 인쇄 안 됨`);
      await as.post(`/incidents/${old.id}/actions/resolve`, { resolution_code: 'fixed', resolution_notes: '드라이버를 다시 설치하고 큐를 비워 해결했습니다.' });
      const i = await working(as, `${tag} 인쇄가 안 됩니다`);
      await incident(as, `${tag} 셋째`);
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
      await page.getByRole('link', { name: i.number, exact: true }).click();
      const watch = page.getByRole('button', { name: w.watch, exact: true });
      await watch.click();
      await expect(page.getByRole('button', { name: w.watching, exact: true })).toHaveAttribute('aria-pressed', 'true');
      await off(page);
      await page.keyboard.press('w');
      await expect(watch).toBeVisible();
      expect((await as.send('GET', `/incidents/${i.id}`))['watchers'] ?? []).toEqual([]);
      // What is alike, the resolved one first with how.
      const alike = page.locator('.sect').filter({ has: page.getByRole('heading', { name: w.similar }) });
      await expect(async () => {
        await page.reload();
        await expect(alike.locator('.how').first()).toContainText('드라이버를', { timeout: 2000 });
      }).toPass({ timeout: 15_000 });
      const row = alike.getByRole('listitem').filter({ hasText: old.number });
      await row.getByRole('button', { name: w.duplicate, exact: true }).click();
      await expect(page.locator('.relgroup')).toContainText(old.number);
      await expect(row.getByRole('button')).toHaveCount(0);
      await accessible(page, 'a record with what is alike');
      // The list one came from goes on here.
      await page.goto(`/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
      await page.getByRole('link', { name: i.number, exact: true }).click();
      await expect(page.locator('.near')).toContainText('2 / 3');
      await page.keyboard.press('j');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${tag} 셋째`);
      await expect(page.getByRole('button', { name: w.next })).toBeDisabled();
      await page.keyboard.press('k');
      await page.keyboard.press('k');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${tag} 인쇄 안 됨`);
      // What others did since one last looked.
      await page.getByRole('button', { name: w.next }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${tag} 인쇄가 안 됩니다`);
      await expect(page.locator('.tl > li').first()).toBeVisible();
      await expect(page.locator('.tl .unread')).toHaveCount(0);
      await page.goto('/my');
      await api('resolver').post(`/incidents/${i.id}/comments`, { body: '새로 한 말' });
      await page.goto(`/incidents/${i.number}`);
      await expect(page.locator('.tl .unread')).toContainText(w.unread);
      await expect(page.locator('.tl .unread + li')).toContainText('새로 한 말');
    });
  });
}

test('a picture pasted while writing is put where one writes; with a note it stays inside', async ({ signedIn, api }) => {
  const as = api('agent');
  const i = await working(as, unique('그림 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  const paste = (): Promise<void> =>
    page.locator('.composer textarea').evaluate(el => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), c => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
      el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
  await page.getByLabel('답글 쓰기').fill('화면입니다 ');
  await paste();
  await expect(page.getByLabel('답글 쓰기')).toHaveValue(/화면입니다 !\[붙여넣은 그림\.png\]\(\/api\/v1\/incidents\/[\w-]+\/attachments\/[\w-]+\)/);
  await expect(page.locator('.files img')).toHaveCount(1);
  await page.getByLabel('답글 쓰기').press('Control+Enter');
  await expect(page.locator('.tl .comment img')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await paste();
  await expect(page.getByLabel('메모 쓰기')).toHaveValue(/attachments/);
  const files = (await as.send<{ items: { internal: boolean }[] }>('GET', `/incidents/${i.id}/attachments`)).items;
  expect(files.map(f => f.internal).toSorted()).toEqual([false, true]);
});

test('what is printed is light, and has no buttons', async ({ signedIn, api }) => {
  const i = await working(api('agent'), unique('인쇄할 인시던트'));
  const page = await signedIn('agent', { lang: 'ko', theme: 'dark' });
  await page.goto(`/incidents/${i.number}`);
  await expect(page.locator('.rail')).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
  for (const what of ['.composer', '.acts', '.side', '.watch']) await expect(page.locator(what)).toBeHidden();
  await expect(page.locator('.recmain .facts').first()).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
});
