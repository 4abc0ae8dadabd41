// What people do all day, in Korean and in English. Each test makes its own records.
import { assigned, incident, unique, working } from './make';
import { password } from './people';
import { expect, test } from './test';

const said = {
  ko: {
    signIn: '로그인', email: '전자우편', password: '비밀번호', my: '내 작업', incidents: '인시던트', all: '전체', add: '필터 추가', apply: '적용', state: '상태', fresh: '신규', title: '제목', expression: '조건식',
    apply2: '적용', accept: '수락', resolve: '해결', code: '해결 코드', fixed: '수정', notes: '해결 내용', send: '답글 보내기', write: '답글 쓰기', noteWrite: '메모 쓰기', noteSend: '메모 남기기', inProgress: '처리 중', resolved: '해결됨', urgency: '긴급도', high: '높음', edit: '고치기',
    create: '새로 만들기', createTitle: '새 인시던트', submit: '등록', needed: '꼭 필요한 항목입니다.', palette: '명령 모음', refused: '조건이 맞지 않아 처리하지 못했습니다', long: '20자 이상', hold: '보류', selected: '2건 선택', actions: '처리', cancel: '취소', reason: '사유', preview: '미리보기', find: '제목·내용·번호 찾기', note: '작업 메모', retry: '다시 시도', notFound: '찾을 수 없습니다',
  },
  en: {
    signIn: 'Sign in', email: 'E-mail', password: 'Password', my: 'My work', incidents: 'Incidents', all: 'All', add: 'Add filter', apply: 'Apply', state: 'State', fresh: 'New', title: 'Title', expression: 'Expression',
    apply2: 'Apply', accept: 'Accept', resolve: 'Resolve', code: 'Resolution code', fixed: 'Fixed', notes: 'Resolution notes', send: 'Send reply', write: 'Write a reply', noteWrite: 'Write a work note', noteSend: 'Add work note', inProgress: 'In progress', resolved: 'Resolved', urgency: 'Urgency', high: 'High', edit: 'Edit',
    create: 'New', createTitle: 'New Incident', submit: 'Create', needed: 'This is needed.', palette: 'Command palette', refused: 'The conditions are not met', long: 'enough characters', hold: 'Put on hold', selected: '2 selected', actions: 'Actions', cancel: 'Cancel', reason: 'Reason', preview: 'Preview', find: 'Find in title, text, number', note: 'Work note', retry: 'Try again', notFound: 'Not found',
  },
} as const;

for (const lang of ['ko', 'en'] as const) {
  const w = said[lang];
  test.describe(lang, () => {
    test('sign in by hand, be refused first, and come back to where one was', async ({ page, url }) => {
      await page.addInitScript(l => localStorage.setItem('maru.prefs', JSON.stringify({ lang: l })), lang);
      await page.goto(`${url}/incidents?view=all`);
      await page.getByLabel(w.email).fill('agent@example.com');
      await page.getByLabel(w.password).fill('not the password');
      await page.getByRole('button', { name: w.signIn }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await page.getByLabel(w.password).fill(password);
      await page.getByRole('button', { name: w.signIn }).click();
      await expect(page).toHaveURL(/\/incidents\?view=all/);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.incidents);
    });

    test('list, find, filter by chips and by text with the place of an error', async ({ signedIn, api }) => {
      const title = unique('필터할 인시던트');
      const i = await incident(api('agent'), title);
      const page = await signedIn('agent', { lang });
      await page.goto('/incidents?view=all');
      await page.getByLabel(w.find).fill(title.split(' ').at(-1) ?? '');
      await page.keyboard.press('Enter');
      const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') });
      await expect(rows).toHaveCount(1);
      await expect(rows.first()).toContainText(i.number);
      await page.getByLabel(w.find).fill(i.number.replace(/^INC0*/, 'inc '));
      await page.keyboard.press('Enter');
      await expect(rows).toHaveCount(1);
      await page.getByLabel(w.find).fill('');
      await page.getByRole('button', { name: w.add }).click();
      await page.getByRole('list', { name: /./ }).getByRole('button', { name: new RegExp(`^${w.state}`) }).click();
      await page.getByRole('checkbox', { name: w.fresh, exact: true }).check();
      await page.getByRole('button', { name: w.apply, exact: true }).click();
      await expect(page).toHaveURL(/state\+%3D%3D\+%27new%27|state%20==%20'new'/);
      await expect(rows.first()).toContainText(w.fresh);
      await page.getByRole('button', { name: w.expression }).click();
      await page.locator('.celform input').fill("stat == 'new'");
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert').locator('mark')).toHaveText('stat');
      await page.locator('.celform input').fill(`title.contains('${title}')`);
      await page.keyboard.press('Enter');
      await expect(rows).toHaveCount(1);
    });

    test('open, take it, resolve it; a refused move says why', async ({ signedIn, api }) => {
      const title = unique('VPN 연결 끊김');
      const i = await assigned(api('agent'), title);
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents?view=all&filter=${encodeURIComponent(`number == '${i.number}'`)}`);
      await page.getByRole('link', { name: i.number }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await page.getByRole('button', { name: w.accept, exact: true }).click();
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.inProgress);
      await page.getByRole('button', { name: w.resolve, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: w.resolve, exact: true }).click();
      await expect(dialog.locator('.err').first()).toBeVisible();
      await dialog.getByRole('button', { name: new RegExp(`^${w.code}`) }).click();
      await page.getByRole('option', { name: w.fixed, exact: true }).click();
      await dialog.getByLabel(w.notes).fill('짧다');
      await dialog.getByRole('button', { name: w.resolve, exact: true }).click();
      await expect(dialog.getByRole('alert')).toContainText(w.refused);
      await expect(dialog.getByRole('alert')).toContainText(w.long);
      await dialog.getByLabel(w.notes).fill('게이트웨이를 다시 시작하고 연결 풀을 늘려 복구했습니다.');
      await dialog.getByRole('button', { name: w.resolve, exact: true }).click();
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.resolved);
    });

    test('edit where it stands; somebody else’s change is not lost', async ({ signedIn, api }) => {
      const as = api('agent');
      const i = await working(as, unique('고칠 인시던트'));
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents/${i.number}`);
      const fact = page.locator('dl.facts > div').filter({ has: page.locator('dt', { hasText: new RegExp(`^${w.urgency}`) }) });
      await fact.hover();
      await fact.getByRole('button', { name: new RegExp(w.edit) }).click();
      await page.getByRole('option', { name: w.high }).click();
      await expect(fact).toContainText(w.high);
      await expect.poll(async () => (await as.send('GET', `/incidents/${i.id}`))['urgency']).toBe(1);
      await page.getByRole('heading', { level: 1 }).click();
      const box = page.getByLabel(w.title, { exact: true });
      await box.fill('내가 쓴 제목');
      await as.send('PATCH', `/incidents/${i.id}`, { title: '다른 사람이 쓴 제목' });
      await box.press('Enter');
      await expect(page.getByRole('alert').filter({ hasText: '다른 사람이 쓴 제목' })).toBeVisible();
      expect((await as.send('GET', `/incidents/${i.id}`))['title']).toBe('다른 사람이 쓴 제목');
      await page.getByRole('alert').getByRole('button').last().click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('내가 쓴 제목');
      await expect.poll(async () => (await as.send('GET', `/incidents/${i.id}`))['title']).toBe('내가 쓴 제목');
      await page.keyboard.press('e');
      await page.getByLabel(w.title, { exact: true }).fill('x');
      await page.keyboard.press('Enter');
      await expect(page.locator('.rechead .err')).toBeVisible();
      await expect(page.getByLabel(w.title, { exact: true })).toHaveValue('x');
    });

    test('reply and note: two modes, Ctrl+Enter, a draft that stays', async ({ signedIn, api }) => {
      const as = api('agent');
      const i = await working(as, unique('답글 쓸 인시던트'));
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents/${i.number}`);
      await page.keyboard.press('r');
      await page.getByLabel(w.write).fill('확인하고 있습니다.');
      await page.reload();
      await expect(page.getByLabel(w.write)).toHaveValue('확인하고 있습니다.');
      await page.getByLabel(w.write).press('Control+Enter');
      await expect(page.locator('.tl .comment')).toContainText('확인하고 있습니다.');
      await expect(page.getByLabel(w.write)).toHaveValue('');
      await page.getByRole('heading', { level: 1 }).focus().catch(() => undefined);
      await page.locator('.recmain').focus();
      await page.keyboard.press('n');
      await page.getByLabel(w.noteWrite).fill('<script>alert(1)</script> 내부용 INC0000001');
      await page.getByRole('button', { name: w.noteSend }).click();
      const note = page.locator('.tl .note');
      await expect(note).toContainText('<script>alert(1)</script>');
      await expect(note.getByRole('link', { name: 'INC0000001' })).toHaveAttribute('href', '/incidents/INC0000001');
      const all = await as.send<{ items: { internal: boolean }[] }>('GET', `/incidents/${i.id}/comments`);
      expect(all.items.map(c => c.internal)).toEqual([false, true]);
    });

    test('create from anywhere, with what is wrong where it is wrong, and fields of one’s own', async ({ signedIn, api }) => {
      const page = await signedIn('agent', { lang });
      const title = unique('새로 만든 인시던트');
      await page.goto('/incidents');
      await expect(page.getByRole('row').nth(1)).toBeVisible();
      await page.keyboard.press('c');
      const dialog = page.getByRole('dialog', { name: w.createTitle });
      await dialog.getByRole('button', { name: w.submit }).click();
      await expect(dialog.locator('.fld.bad')).toContainText(w.needed);
      await expect(dialog.getByLabel(w.title)).toBeFocused();
      await dialog.getByLabel(w.title).fill(title);
      await page.keyboard.press('Control+Enter');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await page.goto('/incidents/new');
      await page.getByLabel(w.title).fill(`${title} 둘`);
      await page.getByLabel(lang === 'ko' ? '층' : 'Floor').fill('120');
      await page.getByRole('button', { name: w.submit, exact: true }).click();
      await expect(page.locator('.fld.bad')).toHaveCount(1);
      await page.getByLabel(lang === 'ko' ? '층' : 'Floor').fill('12');
      await page.getByRole('button', { name: w.submit, exact: true }).click();
      await expect(page).toHaveURL(/\/incidents\/INC\d+/);
      const made = await api('agent').send('GET', `/incidents/${page.url().split('/').at(-1)}`);
      expect([made['title'], made['x_floor']]).toEqual([`${title} 둘`, 12]);
    });

    test('the palette goes to lists by initial consonants, opens by number and runs a move', async ({ signedIn, api }) => {
      const i = await assigned(api('agent'), unique('명령으로 여는 인시던트'));
      const page = await signedIn('agent', { lang });
      await page.goto('/my');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.my);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: w.palette }).fill(lang === 'ko' ? 'ㅇㅅㄷㅌ' : 'incidents');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(w.incidents);
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: w.palette }).fill(i.number.replace(/0+/, ''));
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(new RegExp(i.number));
      await expect(page.getByRole('button', { name: w.accept, exact: true })).toBeVisible();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: w.palette }).fill(w.accept);
      await page.keyboard.press('Enter');
      await expect(page.locator('.rail [aria-current="step"]')).toHaveText(w.inProgress);
    });

    test('many at once: what cannot be done says why, row by row, and stays selected', async ({ signedIn, api }) => {
      const as = api('agent');
      const tag = unique('묶음').replace(' ', '');
      const a = await assigned(as, `${tag} 하나`, '남의 그룹'); // only its members may take it
      const b = await assigned(as, `${tag} 둘`);
      await as.post('/incidents', { title: `${tag} 셋` });
      const page = await signedIn('agent', { lang });
      await page.goto(`/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
      const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') });
      await expect(rows).toHaveCount(3);
      await rows.nth(0).getByRole('checkbox').check();
      await rows.nth(1).getByRole('checkbox').check();
      await expect(page.locator('.bulk strong')).toHaveText(w.selected);
      await page.locator('.bulk').getByRole('button', { name: w.actions }).click();
      await page.getByRole('menuitem', { name: w.accept, exact: true }).click();
      const failed = page.getByRole('dialog').locator('tbody tr');
      await expect(failed).toHaveCount(1);
      await expect(failed).toContainText(a.number);
      await page.getByRole('dialog').getByRole('button').last().click();
      await expect(rows.getByRole('checkbox', { checked: true })).toHaveCount(1);
      expect((await as.send('GET', `/incidents/${b.id}`))['state']).toBe('in_progress');
    });
  });
}

test('who may be assigned are the people of the group', async ({ signedIn, api }) => {
  const as = api('agent');
  const i = await assigned(as, unique('누구에게 맡길까'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  const fact = page.locator('dl.facts > div').filter({ has: page.locator('dt', { hasText: /^담당자/ }) });
  if (!(await fact.isVisible())) await page.locator('.emptytoggle').click();
  await fact.hover();
  await fact.getByRole('button', { name: /고치기/ }).click();
  await expect(page.getByRole('option', { name: /^이도윤/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^(오세훈|관리자)/ })).toHaveCount(0); // they are in no group that works on this
  await page.keyboard.type('ㅇㄷㅇ');
  await page.getByRole('option', { name: /^이도윤/ }).click();
  await expect(fact).toContainText('이도윤');
});
