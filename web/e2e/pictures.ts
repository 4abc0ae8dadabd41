// Twelve screens of the made-up company, in both languages and both themes, into docs/screens.
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { test } from '@playwright/test';

const dir = join(import.meta.dirname, '../../docs/screens');
const only = process.env['SHOT'];
const password = 'maru-demo-floor';

type Row = Record<string, unknown> & { id: string; number: string };
type Look = { lang: 'ko' | 'en'; theme: 'light' | 'dark' };

// as signs somebody in and gives their page and what they may ask.
const as = async (browser: Browser, who: string, look: Look, width = 1440) => {
  const url = process.env['MARU_URL'] ?? '';
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, baseURL: url, timezoneId: 'Asia/Seoul' });
  await context.addInitScript(p => localStorage.getItem('maru.prefs') ?? localStorage.setItem('maru.prefs', JSON.stringify(p)), look);
  const r = await context.request.post('/api/v1/session', { data: { email: `${who}@onsaemi.example`, password } });
  if (!r.ok()) throw new Error(`${who}: ${r.status()} ${await r.text()}`);
  const page = await context.newPage();
  const get = async (path: string): Promise<Row[]> => ((await (await context.request.get(`/api/v1${path}`)).json()) as { items: Row[] }).items;
  return { page, get, context };
};

for (const look of [{ lang: 'ko', theme: 'light' }, { lang: 'en', theme: 'dark' }] as const)
  test(`${look.lang} ${look.theme}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const shot = async (page: Page, name: string): Promise<void> => {
      if (only && !name.includes(only)) return;
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(dir, `${name}-${look.lang}-${look.theme}.jpg`), type: 'jpeg', quality: 82 });
    };
    const agent = await as(browser, 'agent', look);
    const p = agent.page;
    await p.goto('/my');
    await p.locator('.worklist li').first().waitFor();
    await shot(p, 'my-work');
    await p.goto('/incidents?group=state');
    await p.getByRole('row').nth(4).waitFor();
    for (let i = 0; i < 3; i++) await p.keyboard.press('j');
    await p.keyboard.press('Space');
    await p.locator('.prev h2').waitFor();
    await shot(p, 'queue');
    await p.keyboard.press('Space');
    const open = (await agent.get(`/incidents?filter=${encodeURIComponent("state == 'in_progress' && assignee != null && major == 'none'")}&order=priority,-updated_at&fields=number&limit=1`))[0]?.number ?? '';
    await p.goto(`/incidents/${open}`);
    await p.locator('.tl li').first().waitFor();
    await shot(p, 'record');
    await p.goto('/incidents?as=board');
    await p.locator('.card .age').first().waitFor();
    await shot(p, 'board');
    await p.keyboard.press('c');
    await p.getByRole('dialog').waitFor();
    await p.keyboard.type('VPN');
    await shot(p, 'create');
    await p.goto('/my');
    await p.locator('.worklist li').first().waitFor();
    await p.keyboard.press('b');
    await p.getByRole('dialog').waitFor();
    await shot(p, 'notifications');
    const lead = await as(browser, 'major_incident_manager', look);
    const major = (await lead.get(`/incidents?filter=${encodeURIComponent("major == 'confirmed' && state != 'closed' && state != 'resolved'")}&fields=number&limit=1`))[0]?.number;
    await lead.page.goto(`/incidents/${major}/room`);
    await lead.page.locator('.stream li').first().waitFor();
    await shot(lead.page, 'major-incident');
    const manager = await as(browser, 'incident_manager', look);
    await manager.page.goto('/figures/incident?kpi=incidents.created');
    await manager.page.locator('.chartbox svg').waitFor();
    await shot(manager.page, 'figures');
    const boards = await manager.get('/dashboards?fields=label&limit=20');
    const board = boards.find(b => (b['label'] as { en: string }).en.includes('month')) ?? boards[0];
    await manager.page.goto(`/dashboards/${board?.id}`);
    await manager.page.locator('.chartbox svg').first().waitFor();
    await shot(manager.page, 'dashboard');
    const admin = await as(browser, 'admin', look);
    const asked = await admin.get(`/approvals?filter=${encodeURIComponent("state == 'pending'")}&fields=approver&limit=20`);
    const people = await admin.get(`/users?filter=${encodeURIComponent(`id in [${asked.map(a => `'${String(a['approver'])}'`).join(', ')}]`)}&fields=email&limit=20`);
    const who = people.map(u => String(u['email']).split('@')[0] ?? '').find(name => /^[a-z_]+$/.test(name)) ?? 'change_manager';
    const approver = await as(browser, who, look);
    await approver.page.goto('/my/approvals');
    await approver.page.getByRole('heading', { level: 1 }).waitFor();
    await shot(approver.page, 'approvals');
    await admin.page.goto('/admin/roles');
    await admin.page.locator('.right').first().waitFor();
    await shot(admin.page, 'roles');
    const user = await as(browser, 'end_user', look, 390);
    await user.page.goto('/portal');
    await user.page.locator('.pcard').first().waitFor();
    await shot(user.page, 'portal');
    for (const x of [agent, lead, manager, admin, approver, user]) await x.context.close();
  });
