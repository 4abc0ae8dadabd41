// What arrives while one looks, and what stays when the way to the server is lost.
import { assigned, incident, unique } from './make';
import { expect, test } from './test';

test('new records are announced, known ones change in their place', async ({ signedIn, api }) => {
  const as = api('agent');
  const tag = unique('실시간').replace(' ', '');
  const first = await incident(as, `${tag} 하나`);
  const page = await signedIn('resolver', { lang: 'ko' });
  await page.goto(`/incidents?view=all&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
  const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') });
  await expect(rows).toHaveCount(1);
  await page.waitForTimeout(300); // the stream begins at now
  await incident(as, `${tag} 둘`);
  await expect(page.locator('.newbar')).toContainText('새 항목 1건');
  await expect(rows).toHaveCount(1);
  await as.send('PATCH', `/incidents/${first.id}`, { title: `${tag} 하나 고침` });
  await expect(rows.first()).toContainText('하나 고침');
  await page.locator('.newbar button').click();
  await expect(rows).toHaveCount(2);
  await expect(page.locator('.newbar')).toHaveCount(0);
});

test('two people on one record see each other, and a send stops when something new was said', async ({ signedIn, api, browser, url }) => {
  const as = api('agent');
  const i = await assigned(as, unique('둘이 보는 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  await page.getByLabel('답글 쓰기').fill('제가 보고');
  const other = await browser.newContext({ baseURL: url });
  await other.addCookies([{ name: 'maru_session', value: api('resolver').session, domain: '127.0.0.1', path: '/' }]);
  const theirs = await other.newPage();
  await theirs.goto(`/incidents/${i.number}`);
  await expect(page.locator('.presence')).toContainText('이도윤');
  await expect(theirs.locator('.presence')).toContainText('김서연');
  await api('resolver').post(`/incidents/${i.id}/comments`, { body: '먼저 답했습니다.' });
  await expect(page.locator('.tl .comment')).toContainText('먼저 답했습니다.');
  await page.getByLabel('답글 쓰기').press('End');
  await page.getByLabel('답글 쓰기').pressSequentially(' 있습니다');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('새 글이 올라왔습니다');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.tl .comment').last()).toContainText('제가 보고 있습니다');
  await theirs.goto('/my');
  await expect(page.locator('.presence')).toHaveCount(0);
  await other.close();
});

test('without the server nothing that was written is lost', async ({ signedIn, api, context }) => {
  const as = api('agent');
  const i = await assigned(as, unique('끊긴 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  await page.getByLabel('답글 쓰기').fill('끊겨도 남는 글');
  await page.route('**/api/**', r => r.abort('connectionrefused'));
  page.removeAllListeners('console'); // the browser rightly complains about the lost connection
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('서버에 닿지 않습니다');
  await expect(page.getByLabel('답글 쓰기')).toHaveValue('끊겨도 남는 글');
  await page.unroute('**/api/**');
  await page.getByLabel('답글 쓰기').focus();
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.tl .comment')).toContainText('끊겨도 남는 글');
  expect(context.pages().length).toBe(1);
});

test('attachments are dropped in, pasted and taken away', async ({ signedIn, api }) => {
  const i = await assigned(api('agent'), unique('파일 붙일 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  await page.locator('input[type=file]').setInputFiles({ name: '로그.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(page.getByRole('link', { name: '로그.txt' })).toBeVisible();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), c => c.charCodeAt(0))], 'image.png', { type: 'image/png' }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
  });
  await expect(page.locator('.files img')).toHaveCount(1);
  await page.getByRole('button', { name: '로그.txt 제거' }).click();
  await expect(page.getByRole('link', { name: '로그.txt' })).toHaveCount(0);
});

test('records are linked and unlinked by their relation', async ({ signedIn, api }) => {
  const as = api('agent');
  const far = await incident(as, unique('원본 인시던트'));
  const i = await incident(as, unique('중복 인시던트'));
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto(`/incidents/${i.number}`);
  await page.getByRole('button', { name: 'Link a record' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Relation').selectOption('follow_up_of');
  await dialog.getByRole('button', { name: /^Record/ }).click();
  await page.getByLabel('Record: Search').fill(far.number);
  await page.getByRole('option', { name: /원본/ }).click();
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(page.locator('.relgroup')).toContainText('Follow-up of');
  await expect(page.locator('.relgroup')).toContainText(far.number);
  await page.getByRole('button', { name: `Remove link to ${far.number}` }).click();
  await expect(page.locator('.relgroup')).toHaveCount(0);
});

test('a list says who looks at which of its records, and leads to them by a key', async ({ signedIn, api, browser, url }) => {
  const as = api('agent');
  const tag = unique('보는').replace(' ', '');
  const i = await assigned(as, `${tag} 하나`);
  await assigned(as, `${tag} 둘`);
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
  const rows = page.getByRole('row').filter({ has: page.getByRole('gridcell') });
  await expect(rows).toHaveCount(2);
  await page.waitForTimeout(300); // the stream begins at now
  const other = await browser.newContext({ baseURL: url });
  await other.addCookies([{ name: 'maru_session', value: api('resolver').session, domain: new URL(url).hostname, path: '/' }]);
  const their = await other.newPage();
  await their.goto(`/incidents/${i.number}`);
  await expect(rows.first().locator('.eyes')).toHaveAttribute('title', /이도윤/);
  await expect(rows.nth(1).locator('.eyes')).toHaveCount(0);
  await their.goto('/my');
  await expect(rows.first().locator('.eyes')).toHaveCount(0);
  await other.close();
  // a asks who shall work on it, r writes to whoever asked, n a note.
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.locator('main').focus();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/INC\d+$/);
  await expect(page.getByLabel('메모 쓰기')).toBeFocused();
  await page.goBack();
  await expect(rows).toHaveCount(2);
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  await expect(page.getByLabel('답글 쓰기')).toBeFocused();
});
