// Promises on a record's page: how much is used, until when, and what was counted.
import { incident, unique } from './make';
import { accessible, expect, test } from './test';

const said = {
  ko: { title: '서비스 수준', how: '계산 보기', running: '진행', calendar: '캘린더', due: /^기한 / },
  en: { title: 'Service levels', how: 'see how it was counted', running: 'Running', calendar: 'Calendar', due: /^Due / },
} as const;

for (const [lang, theme] of [['ko', 'light'], ['en', 'dark']] as const) {
  const w = said[lang];
  test(`${lang}: a promise runs, and its due time opens down to what was counted`, async ({ signedIn, api }) => {
    const tag = unique('시계').replace(' ', '');
    const target = await api('admin').post('/sla_targets', { name: `해결 ${tag}`, kind: 'sla', metric: 'resolution', start_cond: `title.contains('${tag}')`, stop_cond: "state in ['resolved', 'closed']", value: 'PT8H' });
    const plain = await incident(api('agent'), unique('약속 없는 인시던트'));
    const i = await incident(api('agent'), `${tag} 인시던트`);
    const page = await signedIn('agent', { lang, theme });
    await page.goto(`/incidents/${plain.number}`);
    await expect(page.locator('.tl li').first()).toBeVisible();
    await expect(page.locator('.clocks')).toHaveCount(0); // where nothing is promised, nothing is shown
    await page.goto(`/incidents/${i.number}`);
    const one = page.locator('.clocks > li');
    await expect(one).toHaveCount(1);
    await expect(page.getByRole('heading', { name: new RegExp(w.title) })).toBeVisible();
    await expect(one).toContainText(String(target['name']));
    await one.locator('summary').click();
    await expect(one).toContainText(w.calendar);
    const due = (await api('agent').send<{ items: { due_at: string; derivation: { counted: { start: string; end: string }[] } }[] }>('GET', `/incidents/${i.id}/clocks`)).items[0];
    await expect(one.locator('.clocksegs b')).toHaveText(w.due);
    await expect(one.locator('dd').last().locator('li')).toHaveCount(1 + (due?.derivation.counted.length ?? 0));
    expect(Date.parse(due?.due_at ?? '')).toBeGreaterThan(Date.now());
    await accessible(page, `clocks ${theme}`);
    // Solved in time: it is kept, and stays to be seen.
    const as = api('agent');
    const group = (await as.send<{ items: { id: string }[] }>('GET', `/groups?filter=${encodeURIComponent("name == 'Windows'")}`)).items[0]?.id;
    const category = (await as.send<{ items: { id: string }[] }>('GET', '/categories?order=name&limit=1')).items[0]?.id;
    await as.post(`/incidents/${i.id}/actions/assign`, { group, category });
    await as.post(`/incidents/${i.id}/actions/accept`, {});
    await as.post(`/incidents/${i.id}/actions/resolve`, { resolution_code: 'fixed', resolution_notes: '게이트웨이를 다시 시작하고 연결 풀을 늘려 복구했습니다.' });
    await expect(one.locator('.clockstate')).toHaveClass(/good/);
    await api('admin').send('PATCH', `/sla_targets/${target.id}`, { active: false });
  });
}
