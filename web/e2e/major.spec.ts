// The room of a major incident, from a candidate to the word that all is well.
import type { Page } from '@playwright/test';
import type { Api } from './api';
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { room: '상황실', confirm: '중대 장애 확정', commander: '지휘자', comms: '공지 담당', bridge: '회의 주소', next: '다음 공지까지', late: '다음 공지가 늦었습니다', status: '상태', identified: '원인 파악', ko: '한국어', en: '영어', send: '공지 보내기', task: '새 작업 제목', add: '추가', complete: '완료', note: '작업 메모', noteWrite: '메모 쓰기', noteSend: '메모 남기기', demote: '중대 장애 해제', reason: '사유', over: '지금은 중대 장애가 아니므로', running: '진행 중인 중대 장애', update: '상황 공지' },
  en: { room: 'Incident room', confirm: 'Confirm as major', commander: 'Commander', comms: 'Communications lead', bridge: 'Bridge', next: 'Next update in', late: 'Update overdue by', status: 'Status', identified: 'Identified', ko: 'Korean', en: 'English', send: 'Send update', task: 'New task', add: 'Add', complete: 'Complete', note: 'Work note', noteWrite: 'Write a work note', noteSend: 'Add work note', demote: 'Demote from major', reason: 'Reason', over: 'It is no major incident now', running: 'Major incidents running now', update: 'Situation update' },
} as const;

const person = async (api: Api, who: string): Promise<string> => (await api.send<{ items: { id: string }[] }>('GET', `/users?filter=${encodeURIComponent(`email == '${who}@example.com'`)}`)).items[0]?.id ?? '';
const choose = async (page: Page, what: string, option: string): Promise<void> => {
  await page.getByRole('button', { name: new RegExp(`^${what}`) }).last().click();
  await page.getByRole('option', { name: new RegExp(`^${option}`) }).click();
};
// confirmed makes a major incident that runs.
const confirmed = async (agent: Api, mim: Api, title: string) => {
  const i = await incident(agent, title, { impact: 1, urgency: 1, description: '모든 지점에서 결제가 되지 않습니다.' });
  const id = await person(mim, 'mim');
  return mim.post(`/incidents/${i.id}/actions/confirm_major`, { mi_commander: id, comms_lead: id, bridge_url: 'https://meet.example.com/mi' });
};

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('a candidate is confirmed, told of, worked on and demoted in its room', async ({ signedIn, api }) => {
      test.setTimeout(60_000);
      const title = unique('전 지점 결제 중단');
      const i = await incident(api('agent'), title, { impact: 1, urgency: 1 });
      const page = await signedIn('mim', { lang });
      await page.goto(`/incidents/${i.number}`);
      await page.getByRole('link', { name: w.room }).click();
      await expect(page).toHaveURL(new RegExp(`/incidents/${i.number}/room`));
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await page.getByRole('button', { name: w.confirm }).click();
      const dialog = page.getByRole('dialog');
      await choose(page, w.commander, 'Maria Lopez');
      await choose(page, w.comms, '김서연');
      await dialog.getByLabel(w.bridge).fill('https://meet.example.com/room');
      await dialog.getByRole('button', { name: w.confirm }).click();
      await expect(page.getByRole('timer')).toContainText(w.next);
      await expect(page.getByRole('timer').locator('time')).toHaveText(/^0:(29|30):\d\d$/);
      const stream = page.locator('.stream');
      await expect(stream.locator('li.change').filter({ hasText: w.confirm })).toBeVisible();
      await expect(stream.locator('li.update')).toHaveCount(1); // the first word went out by itself
      await expect(stream.locator('li').first().locator('time').first()).toHaveText(/^\+0:0\d$/);
      // Tell those concerned.
      const form = page.locator('.roomupdate');
      await form.getByRole('button', { name: w.send }).click();
      await expect(form.locator('.err').first()).toBeVisible();
      await choose(page, w.status, w.identified);
      await form.getByLabel(w.ko).fill('결제 서버의 연결 풀이 고갈되어 늘리고 있습니다.');
      await form.getByLabel(w.en).fill('The connection pool is exhausted and being grown.');
      await form.getByRole('button', { name: w.send }).click();
      await expect(stream.locator('li.update').first()).toContainText(lang === 'ko' ? '결제 서버의 연결 풀' : 'The connection pool');
      // Give work away and see it done.
      await page.getByLabel(w.task).fill('연결 풀 늘리기');
      await page.getByRole('button', { name: w.add, exact: true }).click();
      const task = page.locator('.roomtasks li').filter({ hasText: '연결 풀 늘리기' });
      await task.locator('.pickbtn').click();
      await page.getByRole('option', { name: /^이도윤/ }).click();
      await expect(task.locator('.pickval')).toContainText('이도윤');
      await task.getByRole('button', { name: w.complete }).click();
      await expect(task).toHaveClass(/done/);
      await expect(stream.locator('li.task')).toHaveCount(2);
      // A note for those who lead.
      await page.getByText(w.note, { exact: true }).first().click();
      await page.getByLabel(w.noteWrite).fill('연결 풀 2배로 올림');
      await page.getByRole('button', { name: w.noteSend }).click();
      await expect(stream.locator('li.note')).toContainText('연결 풀 2배로 올림');
      // Demoted with a reason, it has no room any more.
      await page.getByRole('button', { name: w.demote }).click();
      await dialog.getByLabel(w.reason).fill('한 지점만의 문제였습니다');
      await dialog.getByRole('button', { name: w.demote }).click();
      await expect(page.getByText(w.over)).toBeVisible();
      expect((await api('mim').send('GET', `/incidents/${i.id}`))['major']).toBe('demoted');
    });

    test('on the big screen, overdue, from My work; accessible', async ({ signedIn, api }) => {
      test.setTimeout(90_000);
      const theme = lang === 'ko' ? 'light' : 'dark';
      const mim = api('mim');
      const i = await confirmed(api('agent'), mim, unique('큰 화면의 장애'));
      const page = await signedIn('mim', { lang, theme });
      await page.goto('/my');
      await page.getByRole('list', { name: w.running }).getByRole('listitem').filter({ hasText: i.number }).getByRole('link').click();
      await page.locator('.stream li').first().waitFor();
      await accessible(page, `room ${theme}`);
      await mim.post('/incident_updates', { incident: i.id, audience: 'internal', status: 'monitoring', text: { ko: '지켜보고 있습니다.', en: 'We are watching.' }, next_update_at: new Date(Date.now() + 2500).toISOString() });
      await expect(page.getByRole('timer')).toContainText(w.late);
      await page.locator('main').focus();
      await page.keyboard.press('b');
      await expect(page.locator('main.big')).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await expect(page.getByRole('navigation')).toHaveCount(0);
      await expect(page.locator('main').getByRole('textbox')).toHaveCount(0);
      await expect(page.locator('main').getByRole('button')).toHaveCount(1); // the way out, for those without the key
      await accessible(page, 'big screen');
      await page.keyboard.press('Escape');
      await expect(page.locator('main.big')).toHaveCount(0);
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    });
  });
}
