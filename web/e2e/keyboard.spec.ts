// By keyboard alone, also with a Korean layout on and while syllables are composed.
import type { Page } from '@playwright/test';
import { assigned, incident, unique } from './make';
import { expect, test } from './test';

// hangul presses the key that sits where a letter does, as a Korean layout reports it.
const hangul = async (page: Page, code: string, key: string): Promise<void> => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', code, key, windowsVirtualKeyCode: code.charCodeAt(3) });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', code, key, windowsVirtualKeyCode: code.charCodeAt(3) });
  await cdp.detach();
};

test('a list with a Korean keyboard on: down, select, open', async ({ signedIn, api }) => {
  const as = api('agent');
  const tag = unique('자판').replace(' ', '');
  await incident(as, `${tag} 하나`);
  await incident(as, `${tag} 둘`);
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents?view=all&order=number&filter=${encodeURIComponent(`title.contains('${tag}')`)}`);
  await expect(page.getByRole('row')).toHaveCount(3);
  await hangul(page, 'KeyJ', 'ㅓ');
  await hangul(page, 'KeyJ', 'ㅓ');
  await expect(page.locator('.gbody-row.cur')).toContainText('둘');
  await hangul(page, 'KeyX', 'ㅌ');
  await hangul(page, 'KeyK', 'ㅏ');
  await expect(page.locator('.gbody-row.cur')).toContainText('하나');
  await expect(page.locator('.bulk strong')).toHaveText('1건 선택');
  await page.keyboard.press('Escape');
  await expect(page.locator('.bulk')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${tag} 하나`);
});

test('composition: Enter ends a syllable and sends nothing; no syllable is lost', async ({ signedIn, api }) => {
  const as = api('agent');
  const i = await assigned(as, unique('조합 인시던트'));
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  const box = page.getByLabel('답글 쓰기');
  await box.focus();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.imeSetComposition', { text: '안녀', selectionStart: 2, selectionEnd: 2 });
  await cdp.send('Input.imeSetComposition', { text: '안녕', selectionStart: 2, selectionEnd: 2 });
  await box.dispatchEvent('keydown', { key: 'Process', code: 'Enter', keyCode: 229, ctrlKey: true, isComposing: true });
  await page.waitForTimeout(300);
  expect((await as.send<{ items: unknown[] }>('GET', `/incidents/${i.id}/comments`)).items).toHaveLength(0);
  await cdp.send('Input.insertText', { text: '안녕' });
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.tl .comment')).toContainText('안녕');
  // A title: Enter during composition does not save half a word.
  await page.locator('.recmain').focus();
  await page.keyboard.press('e');
  const title = page.getByLabel('제목', { exact: true });
  await title.fill('제목 ');
  await cdp.send('Input.imeSetComposition', { text: '바', selectionStart: 1, selectionEnd: 1 });
  await title.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true });
  await expect(title).toBeVisible();
  await cdp.send('Input.insertText', { text: '바꿈' });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('제목 바꿈');
});

test('everything of a day without a mouse', async ({ signedIn, api }) => {
  const i = await assigned(api('agent'), unique('마우스 없이'));
  const page = await signedIn('agent', { lang: 'en' });
  await page.goto('/my');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My work');
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incidents');
  await page.keyboard.press('/');
  await page.keyboard.type(i.number);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.keyboard.press('Tab');
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(i.number));
  await expect(page.getByRole('button', { name: 'Accept', exact: true })).toBeVisible();
  await page.keyboard.press('s');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Accept', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.rail [aria-current="step"]')).toHaveText('In progress');
  await page.locator('.recmain').focus();
  await page.keyboard.press('r');
  await page.keyboard.type('On my way.');
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('.tl .comment')).toContainText('On my way.');
  await page.locator('.recmain').focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Write a reply');
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Incidents');
});
