// Approvals: asked on a record, decided by hand and by key, in the console and in the portal.
import type { Page } from '@playwright/test';
import type { Answer, Api } from './api';
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { ask: '승인 요청', send: '요청하기', question: '질문', why: '이유', people: '사람', all: '모두 승인해야', asked: '승인을 요청했습니다', waiting: '승인 대기', approve: '승인', reject: '반려', because: '반려하는 이유', needed: '반려하는 이유를 적어 주세요.', approved: '승인됨', rejected: '반려', decided: '내가 결정함', remind: '알림 보내기', withdraw: '요청 취소', patient: '한 시간이 지나지 않았습니다', delegate: '위임', to: '위임받을 사람', instead: '대신', place: '승인', wait: '내 결정을 기다리는 승인', away: '부재 중 위임', awaySave: '위임하기', selected: '선택한 2건', turned: '요청한 뒤에 내용이 바뀌었습니다.', save: '저장', comment: '의견' },
  en: { ask: 'Ask for approval', send: 'Ask', question: 'Question', why: 'Why', people: 'People', all: 'All of them', asked: 'Approval was asked', waiting: 'Pending', approve: 'Approve', reject: 'Reject', because: 'Why it is rejected', needed: 'Say why it is rejected.', approved: 'Approved', rejected: 'Rejected', decided: 'Decided by me', remind: 'Remind', withdraw: 'Withdraw', patient: 'less than an hour ago', delegate: 'Pass on', to: 'Pass on to', instead: 'for', place: 'Approvals', wait: 'for your decision', away: 'While I am away', awaySave: 'Pass on', selected: '2 selected', turned: 'This changed after approval was asked.', save: 'Save', comment: 'Comment' },
} as const;

const idOf = async (api: Api, who: string): Promise<string> => (await api.send<{ items: Answer[] }>('GET', `/users?filter=${encodeURIComponent(`email == '${who}@example.com'`)}`)).items[0]?.id ?? '';

// asks puts a question about a new incident to some people.
const asks = async (by: Api, question: string, who: string[], more: object = {}): Promise<{ target: Answer; round: Answer }> => {
  const target = await incident(by, `${question} (INC)`, { description: '라이선스 서버가 응답하지 않아 설계팀 전원이 작업하지 못합니다.', impact: 1, urgency: 1 });
  const approvers = await Promise.all(who.map(w => idOf(by, w)));
  const round = await by.post('/approval_rounds', { target_kind: 'incident', target: target.id, question, why: '기존 라이선스가 오늘 만료되었습니다. 견적은 300만 원입니다.', stages: [{ rule: 'all', approvers }], ...more });
  return { target, round };
};
const row = (page: Page, question: string) => page.locator('.aprrow').filter({ hasText: question });

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark']] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('asked on the record, seen there, reminded and withdrawn', async ({ signedIn, api }) => {
      const question = unique('긴급 라이선스를 구매해도 될까요?');
      const i = await incident(api('agent'), unique('CAD 라이선스 만료'), { impact: 1 });
      const page = await signedIn('agent', { lang, theme });
      await page.goto(`/incidents/${i.number}`);
      await page.getByRole('button', { name: w.ask }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: w.send, exact: false }).last().click();
      await expect(dialog.locator('.err')).toHaveCount(2); // neither what nor whom
      await dialog.getByLabel(w.question).fill(question);
      await dialog.getByLabel(w.why).fill('오늘 만료되어 설계팀이 멈췄습니다.');
      await dialog.getByRole('button', { name: new RegExp(`^${w.people}`) }).click();
      await page.getByRole('option', { name: /오세훈/ }).click();
      await page.getByRole('option', { name: /Maria Lopez/ }).click();
      await page.keyboard.press('Escape');
      await dialog.getByLabel(w.all).check();
      await accessible(page, 'asking for approval');
      await dialog.getByRole('button', { name: w.send, exact: false }).last().click();
      await expect(page.getByText(w.asked)).toBeVisible();
      const panel = page.getByRole('article', { name: question });
      await expect(panel.locator('.vote.pending')).toHaveCount(2);
      await expect(panel.locator('.vote').first()).toContainText(w.waiting);
      await accessible(page, 'approvals on a record');
      await panel.getByRole('button', { name: w.remind }).click();
      await expect(panel.locator('.vote').first()).toContainText(/1회|once/);
      await panel.getByRole('button', { name: w.remind }).click();
      await expect(page.locator('.toast.bad')).toContainText(w.patient);
      await panel.getByRole('button', { name: w.withdraw }).click();
      await expect(panel.locator('.vote.cancelled')).toHaveCount(2);
      await expect(panel.getByRole('button', { name: w.remind })).toHaveCount(0);
    });

    test('decided by keys alone, several at once, with a reason and passed on', async ({ signedIn, api }) => {
      test.setTimeout(60_000);
      const mark = unique('K');
      const [a, b, c, d] = [`${mark} 첫째`, `${mark} 둘째`, `${mark} 셋째`, `${mark} 넷째`];
      const made = [];
      for (const q of [a, b, c, d]) made.push(await asks(api('agent'), q, ['mim']));
      await api('agent').send('PATCH', `/incidents/${made[0]?.target.id}`, { urgency: 3 });
      const page = await signedIn('mim', { lang, theme });
      await page.goto('/my');
      await expect(page.getByRole('link', { name: new RegExp(`^${w.place}`) })).toContainText(/\d/);
      await page.keyboard.press('g');
      await page.keyboard.press('a');
      await expect(row(page, d)).toBeVisible();
      const to = async (q: string): Promise<void> => {
        for (let n = 0; n < 80 && !(await row(page, q).getAttribute('class'))?.includes(' on'); n++) await page.keyboard.press((await page.locator('.aprrow').evaluateAll((all, [at, want]) => all.findIndex(x => x.className.includes(String(at))) < all.findIndex(x => x.textContent?.includes(String(want))), [' on', q])) ? 'j' : 'k');
        await expect(page.locator('.question')).toHaveText(q);
      };
      await to(a);
      await expect(page.locator('.matter')).toContainText(w.turned);
      await expect(page.locator('.matter .target')).toContainText('설계팀');
      await accessible(page, 'approvals');
      await page.keyboard.press('r');
      await expect(page.getByLabel(w.because)).toBeFocused();
      await page.keyboard.press('Control+Enter');
      await expect(page.getByRole('alert')).toContainText(w.needed);
      await page.keyboard.type('예산이 없습니다');
      await page.keyboard.press('Control+Enter');
      await expect(row(page, a)).toHaveCount(0);
      await to(b);
      await page.keyboard.press('x');
      await to(c);
      await page.keyboard.press('x');
      await page.keyboard.press('a');
      await expect(page.locator('.decide')).toContainText(w.selected);
      await page.keyboard.press('Escape');
      await page.keyboard.press('a');
      await page.keyboard.press('Control+Enter');
      await expect(row(page, b)).toHaveCount(0);
      await expect(row(page, c)).toHaveCount(0);
      await to(d);
      await page.keyboard.press('d');
      await expect(page.locator('.decide .pickbtn')).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(page.locator('.mantine-Combobox-search')).toBeFocused();
      await page.keyboard.type('오세훈');
      await expect(page.getByRole('option')).toHaveText([/오세훈/]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Control+Enter');
      await expect(row(page, d)).toHaveCount(0);
      await page.getByRole('link', { name: w.decided }).click();
      await expect(row(page, a)).toContainText(w.rejected);
      await expect(row(page, b)).toContainText(w.approved);
      await row(page, a).getByRole('button').click();
      await expect(page.locator('.matter')).toContainText('예산이 없습니다');
      await page.goto(`/incidents/${made[3]?.target.number}`);
      await expect(page.getByRole('article', { name: d }).locator('.vote')).toContainText(new RegExp(`오세훈.*${lang === 'ko' ? 'Maria Lopez 대신' : 'for Maria Lopez'}`));
    });

    test('in the portal, on a phone', async ({ signedIn, api }) => {
      const question = unique('임시 조치의 위험을 감수해도 될까요?');
      const { target } = await asks(api('agent'), question, ['user']);
      const page = await signedIn('user', { lang, theme });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto('/portal');
      await page.getByRole('link', { name: new RegExp(w.wait) }).click();
      await page.getByRole('link', { name: new RegExp(question.slice(-6)) }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(question);
      await expect(page.locator('.target')).toContainText(target.number);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await accessible(page, 'an approval in the portal', [390, 1000]);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: w.approve, exact: true }).click();
      await page.getByLabel(w.comment).fill('네, 감수합니다.');
      await page.getByRole('button', { name: new RegExp(`^${w.approve}`) }).click();
      await expect(page).toHaveURL(/\/portal\/approvals$/);
      await expect(page.getByText(question)).toHaveCount(0);
      await page.getByRole('link', { name: w.decided }).click();
      await page.locator('.ptitle').filter({ hasText: question }).click();
      await expect(page.locator('.matter')).toContainText('네, 감수합니다.');
      await accessible(page, 'a decided approval in the portal', [390]);
    });

    test('while away somebody else decides', async ({ signedIn, api }) => {
      const page = await signedIn('resolver', { lang, theme });
      await page.goto('/my/approvals');
      await page.getByRole('button', { name: w.away }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: w.awaySave }).click();
      await expect(dialog.locator('.err')).toHaveCount(1);
      await dialog.locator('.pickbtn').first().click();
      await page.getByRole('option', { name: /관리자/ }).click();
      await accessible(page, 'away');
      await dialog.getByRole('button', { name: w.awaySave }).click();
      await expect(dialog).toHaveCount(0);
      const question = unique('위임된 승인');
      await asks(api('agent'), question, ['resolver']);
      const votes = await api('admin').send<{ items: Answer[] }>('GET', `/approvals?filter=${encodeURIComponent(`question == '${question}'`)}`);
      expect(votes.items[0]?.['delegated_from']).toBe(await idOf(api('admin'), 'resolver'));
      expect(votes.items[0]?.['approver']).toBe(await idOf(api('admin'), 'admin'));
      await page.getByRole('button', { name: w.away }).click();
      await page.locator('.awaylist').getByRole('button').first().click();
      await expect(page.locator('.awaylist li')).toHaveCount(0);
    });
  });
}
