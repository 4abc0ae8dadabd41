// Whatever is stored shows as text: a script in every field of words of every kind in the book.
import type { Page } from '@playwright/test';
import type { Answer, Api, Body } from './api';
import { unique } from './make';
import { expect, test } from './test';

type Field = { name: string; type: string; on_create: boolean; required: boolean; derived: boolean; fixed: boolean; to?: string; min?: number; max?: number; choices?: { code: string }[]; default?: string };
type Kind = { name: string; plural: string; title: string; can_create: boolean; fields: Field[] };
type Problem = { code: string; errors?: { field: string; code: string }[] };

const script = '<script>owned=1</script>';
const image = '<img src=x onerror="owned=1">';
const wordy = new Set(['text', 'rich_text', 'texts', 'words', 'json']);

// hostile is the script in the form of the field.
const hostile = (f: Field): unknown => {
  const long = (f.max ?? 9999) >= 120 ? `${script}${image} ${unique('말')}` : `${script}${f.max !== undefined && f.max < 40 ? '' : unique('')}`;
  switch (f.type) {
    case 'words':
      return { ko: long, en: long };
    case 'texts':
      return [script];
    case 'json':
      return { text: script };
  }
  return long;
};

// harmless is the least that a required field takes.
const harmless = async (as: Api, f: Field): Promise<unknown> => {
  if (f.choices) return f.type === 'int' ? Number(f.choices[0]?.code) : f.type === 'texts' ? [f.choices[0]?.code] : f.choices[0]?.code;
  const one = f.to ? (await as.send<{ items: Answer[] }>('GET', `/${(await plurals(as)).get(f.to)}?limit=1`)).items[0]?.id : undefined;
  switch (f.type) {
    case 'reference': return one;
    case 'references': return one ? [one] : [];
    case 'int': return f.min ?? 1;
    case 'decimal': case 'percent': return '1';
    case 'money': return { amount: '1', currency: 'KRW' };
    case 'duration': return 'PT1H';
    case 'time': return new Date(Date.now() + 86_400_000).toISOString();
    case 'date': return '2026-03-02';
    case 'bool': return false;
  }
  return undefined;
};

const plurals = async (as: Api): Promise<Map<string, string>> => new Map((await as.send<{ kinds: Kind[] }>('GET', '/book')).kinds.map(k => [k.name, k.plural]));

// Made by hand where the API makes them by another door, or where their checks leave no room for anything but code.
const strict: Record<string, Body> = {
  custom_field: { on: 'problem', name: unique('x_h').replace(' ', ''), type: 'text', choices: [] },
  saved_view: { on: 'incident', audience: 'mine' },
  mute: { on: 'incident', subject: crypto.randomUUID() },
  user: { email: `${unique('h').replace(' ', '')}@example.com` },
  service_calendar: { weekly: [{ weekday: 1, start: '09:00', end: '18:00' }] },
  sla_target: { start_cond: 'priority == 9', stop_cond: 'priority == 1', active: false },
};

// store puts the script wherever the kind takes it, and tells where it does not and why.
const store = async (as: Api, url: string, k: Kind): Promise<{ rec?: Answer; took: string[]; refused: Record<string, string> }> => {
  const body: Body = {};
  const given = k.fields.filter(f => f.on_create && !f.derived);
  const took = new Set<string>();
  for (const f of given) {
    if (wordy.has(f.type) && !f.choices) {
      body[f.name] = hostile(f);
      took.add(f.name);
    } else if (f.required && f.default === undefined) body[f.name] = await harmless(as, f);
  }
  const fixed = strict[k.name] ?? {};
  for (const [name, v] of Object.entries(fixed)) {
    body[name] = v;
    took.delete(name);
  }
  const refused: Record<string, string> = {};
  for (let round = 0; round < 12; round++) {
    const res = await fetch(`${url}/api/v1/${k.plural}`, { method: 'POST', headers: { Cookie: as.cookie, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const got = (await res.json()) as Answer & Problem;
    if (res.ok) return { rec: got, took: [...took], refused };
    const wrong = (got.errors ?? []).map(e => e.field.split('.')[0] ?? '').filter(Boolean);
    if (wrong.length === 0) return { took: [], refused: { ...refused, '*': got.code } };
    for (const e of got.errors ?? []) {
      const name = e.field.split('.')[0] ?? '';
      const f = k.fields.find(x => x.name === name);
      if (e.code === 'required' && f && body[name] === undefined) body[name] = await harmless(as, f);
      else {
        refused[name] = e.code;
        took.delete(name);
        delete body[name];
        if (name in fixed) return { took: [], refused };
      }
    }
  }
  return { took: [], refused: { ...refused, '*': 'no end' } };
};

const clean = async (page: Page, where: string): Promise<void> => {
  expect(await page.evaluate(() => (window as unknown as { owned?: number }).owned), where).toBeUndefined();
  expect(await page.locator('#root script, #root iframe, #root [onerror], #root img[src="x"]').count(), where).toBe(0);
};

test('a script in every field of words of every kind shows as text', async ({ signedIn, api, url }) => {
  test.setTimeout(180_000);
  const as = api('admin');
  const page = await signedIn('admin', { lang: 'en' });
  const { kinds } = await as.send<{ kinds: Kind[] }>('GET', '/book');
  const stored: string[] = [];
  const notes: string[] = [];
  for (const k of kinds.filter(k => k.can_create)) {
    const { rec, took, refused } = await store(as, url, k);
    notes.push(`${k.name}: ${took.length ? took.join(' ') : '–'}${Object.keys(refused).length ? ` (refused: ${Object.entries(refused).map(([f, c]) => `${f} ${c}`).join(', ')})` : ''}`);
    if (!rec) continue;
    // Nothing that takes words takes them and keeps them to itself.
    const back = await as.send('GET', `/${k.plural}/${rec.id}`);
    for (const name of took) if (name in back) expect(JSON.stringify(back[name]), `${k.name}.${name}`).toContain('<script>');
    stored.push(...took.map(f => `${k.name}.${f}`));
    await page.goto(`/${k.plural}?view=all&filter=${encodeURIComponent(`id == '${rec.id}'`)}`);
    // A kind may have a list, or a record, of a page of its own.
    await page.getByRole('row').nth(1).or(page.locator('.gridempty, .dashlist, main li')).first().waitFor();
    await clean(page, `list of ${k.name}`);
    await page.goto(`/${k.plural}/${rec.number ?? rec.id}`);
    await page.locator('.rechead').or(page.getByRole('heading', { level: 1 })).first().waitFor();
    if (took.includes(k.title)) await expect(page.getByRole('heading', { level: 1 }), k.name).toContainText(script);
    await clean(page, `record of ${k.name}`);
  }
  console.log(`a script was stored in ${stored.length} fields of ${kinds.filter(k => k.can_create).length} kinds:\n  ${notes.join('\n  ')}`);
  expect(stored.length).toBeGreaterThan(25);
  for (const f of ['incident.title', 'incident.description', 'problem.title', 'service.name', 'group.name', 'category.name', 'ci.name', 'saved_view.label', 'custom_field.label']) expect(stored).toContain(f);
});

test('a script said in a conversation, a file, a tag, a search and the portal shows as text', async ({ signedIn, api, url, browser }) => {
  const as = api('user');
  const i: Answer = await as.post('/incidents', { title: `${script} ${unique('말')}`, description: `${script}\n\n${image}\n\n[x](javascript:owned=1) <a href="javascript:owned=1">y</a>` });
  await as.post(`/incidents/${i.id}/comments`, { body: `${script} ${image} [go](javascript:owned=1) #INC0000001` });
  await api('agent').post(`/incidents/${i.id}/comments`, { body: `${image}${script}`, internal: true });
  const form = new FormData();
  form.set('file', new Blob([`<html>${script}</html>`], { type: 'text/html' }), `${image}${script}.html`);
  const file = await fetch(`${url}/api/v1/incidents/${i.id}/attachments`, { method: 'POST', headers: { Cookie: as.cookie }, body: form });
  expect(file.status, await file.text()).toBe(201);
  const page = await signedIn('agent', { lang: 'ko' });
  await page.goto(`/incidents/${i.number}`);
  await expect(page.locator('.tl')).toContainText(script);
  await expect(page.locator('.tl .note')).toContainText(image);
  for (const href of await page.locator('#root a').evaluateAll(all => all.map(a => a.getAttribute('href') ?? ''))) expect(href).not.toMatch(/^\s*javascript:/i);
  await clean(page, 'record with a conversation');
  await page.goto(`/incidents?view=all&as=board&q=${encodeURIComponent(i.number)}`);
  await page.locator('.card').first().waitFor();
  await clean(page, 'board');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(i.number);
  await page.getByRole('option', { name: new RegExp(i.number) }).first().waitFor();
  await clean(page, 'palette');
  const other = await browser.newContext({ baseURL: url });
  await other.addCookies([{ name: 'maru_session', value: as.session, domain: new URL(url).hostname, path: '/' }]);
  const portal = await other.newPage();
  await portal.goto(`/portal/incidents/${i.number}`);
  await expect(portal.getByRole('heading', { level: 1 })).toContainText(script);
  await clean(portal, 'portal');
  // The file itself is handed over to keep, never to be shown under our name.
  const files = await as.send<{ items: { id: string }[] }>('GET', `/incidents/${i.id}/attachments`);
  const got = await fetch(`${url}/api/v1/incidents/${i.id}/attachments/${files.items[0]?.id}`, { headers: { Cookie: as.cookie } });
  expect(got.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(got.headers.get('x-content-type-options')).toBe('nosniff');
  await other.close();
});
